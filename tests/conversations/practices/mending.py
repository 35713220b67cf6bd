"""How couples on the stage come to a repair, and what its discreet messages open."""

from sqlalchemy import select

from tests.support.actor import Actor
from tests.support.phones import Heard
from tests.support.stage import Stage, couple_file
from troth.store.tables import occurrences, rituals
from troth.web.cards import cards_of
from troth.web.content import Reader

COFFEE = """
[rituals.coffee]
practice = "shared-coffee"
rule = "both"
"""

YEARLY = COFFEE + 'cron = "0 12 1 1 *"\n'
"""A ritual that does not come meanwhile."""


def offered(stage: Stage, *, anew: bool = True) -> None:
    """Ana asks, and both are told that there is something; `anew` where they play first now."""
    if anew:
        stage.couple(couple_file(YEARLY))
    stage.ana.says("repair")
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)


def begun(stage: Stage, *, anew: bool = True) -> None:
    """A repair whose first stage both have been asked for."""
    offered(stage, anew=anew)
    stage.ben.says("yes")
    stage.wind(minutes=11)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)


def expects_discreetly(actor: Actor) -> Heard:
    """The oldest unread message, which names nothing on its screen."""
    return actor.expects("There is a moment waiting for you")


def opened(stage: Stage, actor: Actor) -> str:
    """What the page of the oldest unread message shows."""
    nudge = stage.nudge_behind(expects_discreetly(actor))
    couple = stage.in_play
    reader = Reader(couple, couple.partner_by_id(nudge.partner_id), stage.clock.now())
    with stage.store.db.reading() as conn:
        card = cards_of(conn, stage.store.vault, reader, [nudge])[0]
    return f"{card.ask}\n{card.prompt or ''}"


def both_say(stage: Stage, number: int, ana: str, ben: str) -> None:
    """Both answer the stage they have come to, and read each other."""
    if number > 1:
        for actor in (stage.ana, stage.ben):
            expects_discreetly(actor)
    stage.ana.says(ana)
    stage.ben.says(ben)
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)


def stages_of(stage: Stage) -> list[str]:
    """The practices of what was opened, in order."""
    query = (
        select(rituals.c.spec)
        .join(occurrences, occurrences.c.ritual_id == rituals.c.id)
        .where(rituals.c.origin == "troth")
        .order_by(occurrences.c.id)
    )
    with stage.store.db.reading() as conn:
        return [row.spec["practice"] for row in conn.execute(query)]
