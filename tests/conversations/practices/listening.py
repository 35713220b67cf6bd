"""Hearing whatever has come: conversations over weeks look at what matters to them alone."""

from tests.support.actor import Actor
from tests.support.stage import Stage
from troth.store import seasons

COFFEE = """
[rituals.coffee]
practice = "shared-coffee"
cron = "30 21 * * *"
window = "2h"
rule = "both"
"""
LIGHT = "Two minutes, two cups"
CALM = COFFEE + "weight = 0.5\n"


def both_expect(stage: Stage, *texts: str) -> None:
    """Ana and Ben each get this next, and the same."""
    for actor in (stage.ana, stage.ben):
        actor.expects(*texts)


def hear(actor: Actor) -> list[str]:
    """Everything unread of one partner, oldest first."""
    return [heard.text for heard in actor.reads_all()]


def hear_all(stage: Stage) -> list[str]:
    """Everything that either has not read yet."""
    return [*hear(stage.ana), *hear(stage.ben)]


def days(stage: Stage, count: int) -> None:
    """Let so many evenings pass without an answer, to the next noon."""
    stage.wind(days=count)
    hear_all(stage)


def keep(stage: Stage) -> None:
    """Both say of what came last of the coffee that it was done; all else is read."""
    for actor in (stage.ana, stage.ben):
        hear(actor)
        coffee = [heard for heard in actor.everything() if heard.title.startswith("Coffee")][-1]
        actor.says("done", to=coffee)


def held(stage: Stage) -> list[str]:
    """The kinds of season that hold now."""
    with stage.store.db.reading() as conn:
        found = seasons.seasons_at(conn, stage.in_play.id, stage.clock.now())
    return [season.kind.value for season in found]
