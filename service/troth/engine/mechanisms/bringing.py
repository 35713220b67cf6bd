"""What mechanisms bring to a partner: the other's words, or a word from Troth about a ritual."""

from sqlalchemy import Connection

from troth.domain.language import UNNAMED
from troth.domain.ritual import Ritual
from troth.domain.states import Account, NudgePurpose, NudgeState, Sensitivity, Visibility
from troth.engine.places import places_of, take_leave
from troth.engine.planned import SHARE_USE, nudge_about
from troth.engine.speech import language_of
from troth.engine.telling import tell
from troth.engine.visit import Visit
from troth.store import channels, couples, nudges, replies
from troth.store.records import Occurrence, Parcel, Partner
from troth.store.vault import Vault


def bring(conn: Connection, visit: Visit, occurrence: Occurrence) -> None:
    """Bring the other the words of who is at the door.

    What waits to leave already will hold the latest; what has left is followed by another, in its
    turn: who writes and writes fills nobody's day. What is sealed stays with who wrote it.
    """
    if occurrence.stamp.visibility is not Visibility.NOW:
        return
    to = visit.other
    mine = (n for n in nudges.nudges_of(conn, occurrence.id) if n.partner_id == to.id)
    if any(n.purpose is NudgePurpose.SHARE and n.state is NudgeState.PLANNED for n in mine):
        return
    ways = channels.confirmed_channels(conn, [to.id])[to.id]
    if not ways:
        return
    places = places_of(conn, [visit.couple], visit.now)[to.id]
    leaves = take_leave(conn, visit.couple, to, places, visit.now)
    until = leaves + SHARE_USE
    planned = [
        nudge_about(occurrence, to, channel, NudgePurpose.SHARE, leaves, expires_at=until)
        for channel in ways[:1]
    ]
    nudges.plan_nudges(conn, visit.vault, planned, visit.now)


def is_shown(parcel: Parcel) -> bool:
    """Say whether what was written of an occurrence is for the other at once."""
    return parcel.stamp is not None and parcel.stamp.visibility is Visibility.NOW


def words_of_the_other(conn: Connection, vault: Vault, parcel: Parcel, wordless: str = "") -> str:
    """Return what the other answered, with their name; the message `wordless` for a bare done."""
    couple = couples.load_couple(conn, parcel.nudge.couple_id)
    other = next(each for each in couple.partners if each.key != parcel.partner)
    word = replies.acknowledgements(conn, parcel.nudge.occurrence_id or 0).get(other.key)
    if word is None or word.account is not Account.DONE:
        return ""
    if word.words_sealed and is_shown(parcel):
        return f"{other.name}: {vault.open(word.words_sealed)}"
    return language_of(couple).say(wordless, name=other.name) if wordless else ""


def tell_of(
    conn: Connection, visit: Visit, ritual: Ritual, to: tuple[Partner, ...], message: str
) -> None:
    """Say something of a ritual, which it names where any screen may show it."""
    title = UNNAMED if ritual.sensitivity is Sensitivity.DISCREET else ritual.title
    text = visit.language.say(message, title=title)
    texts = {partner.key: text for partner in to}
    tell(conn, visit.vault, visit.couple, texts, visit.now)
