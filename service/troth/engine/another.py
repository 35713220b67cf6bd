"""another: a different card of the same deck, to both, where the one that came does not fit."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from troth.domain.ritual import Ritual
from troth.domain.states import NudgePurpose, NudgeState
from troth.domain.turns import draw_card
from troth.engine.planned import nudge_about
from troth.engine.visit import Visit, ritual_of, title_of
from troth.store import channels, codes, nudges, occurrences, replies, rituals
from troth.store.records import Occurrence
from troth.store.vault import Vault

MOST = 3  # different cards for one occurrence
PASSED = "passed"  # the cards that were put back, one a line
_CAME = (NudgeState.SENT, NudgeState.SENDING)


def another(conn: Connection, vault: Vault, visit: Visit, occurrence: Occurrence) -> str:
    """Put the card back and bring both the next one.

    Once anybody has answered the card stays, and who asks hears the same as when there is none.
    """
    ritual = ritual_of(conn, occurrence)
    if ritual is None or not ritual.prompts or occurrence.prompt is None:
        return visit.language.say("unknown")
    title = title_of(conn, visit, occurrence)
    card = None if _stays(conn, occurrence) else _next_card(conn, ritual, occurrence)
    if card is None:
        return visit.language.say("no_other_card", title=title)
    passed = "\n".join([*passed_over(occurrence), occurrence.prompt])
    about = {**occurrence.stamp.about, PASSED: passed}
    occurrences.turn_card(conn, occurrence, card, about)
    nudges.plan_nudges(conn, vault, list(_brought(conn, visit, occurrence)), visit.now)
    return visit.language.say("another_card", title=title)


def passed_over(occurrence: Occurrence) -> list[str]:
    """Return the cards of an occurrence that were put back."""
    return occurrence.stamp.about.get(PASSED, "").splitlines()


def _stays(conn: Connection, occurrence: Occurrence) -> bool:
    if len(passed_over(occurrence)) >= MOST or not occurrence.is_open:
        return True
    return bool(replies.acknowledgements(conn, occurrence.id))


def _next_card(conn: Connection, ritual: Ritual, occurrence: Occurrence) -> str | None:
    """Return the next card of the deck: in its order, or by lot; none that was put back today."""
    back = {*passed_over(occurrence), occurrence.prompt}
    deck = [card for card in ritual.prompts if card not in back]
    decks = {occurrence.ritual_id: len(ritual.prompts)}
    shown = rituals.prompts_shown(conn, decks).get(occurrence.ritual_id, {})
    seed = str(occurrence.ritual_id)
    return draw_card(deck, shown, seed, in_order=ritual.prompts_in_order)


def _brought(conn: Connection, visit: Visit, occurrence: Occurrence) -> Iterable[dict[str, Any]]:
    """Plan the new card for who asked, and for the other, unless their first is still to leave."""
    ways = channels.confirmed_channels(conn, [partner.id for partner in visit.couple.partners])
    told = nudges.nudges_of(conn, occurrence.id)
    came = {nudge.partner_id for nudge in told if nudge.state in _CAME}
    for partner in visit.couple.partners:
        is_asking = partner.id == visit.partner.id
        if partner.key in occurrence.stamp.due and ways[partner.id] and partner.id in came:
            # Who asked for it wants it now; the other may be asleep.
            purpose = NudgePurpose.SNOOZE if is_asking else NudgePurpose.RITUAL
            code = codes.code_of(conn, occurrence.id, partner.id)
            way = ways[partner.id][0]
            yield nudge_about(occurrence, partner, way, purpose, visit.now, code=code)
