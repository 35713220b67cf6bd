"""Hearing whatever has come: conversations over weeks look at what matters to them alone."""

from tests.support.stage import Actor, Stage

COFFEE = """
[rituals.coffee]
practice = "shared-coffee"
cron = "30 21 * * *"
window = "2h"
rule = "both"
"""
LIGHT = "Two minutes, two cups"
CALM = COFFEE + "weight = 0.5\n"


def hear(actor: Actor) -> list[str]:
    """Everything unread of one partner, oldest first."""
    heard: list[str] = []
    while True:
        try:
            message = actor.expects()
        except AssertionError:
            return heard
        heard.append(f"{message.title}\n{message.body}")


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
