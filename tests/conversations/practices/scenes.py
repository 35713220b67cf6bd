"""What many conversations begin with: one ritual of a practice, and a nudge to both."""

from tests.support.stage import Stage


def one(practice: str, cron: str, more: str = "") -> str:
    """A ritual of a practice at a time of the test's own."""
    return f'[rituals.{practice}]\npractice = "{practice}"\ncron = "{cron}"\n{more}\n'


def both_expect(stage: Stage, *texts: str) -> None:
    """Both have been reached by a message that holds these."""
    for actor in (stage.ana, stage.ben):
        actor.expects(*texts)
