"""promise: what one of them promised is brought back to them in time, and asked of both on its day.

Two occasions stand for it: one some time before its day, which gives birth to its occurrence and
tells its maker alone, and the day itself. Both carry the id of the reply that made it.
"""

from datetime import datetime

from sqlalchemy import Connection

from troth.domain.grammar import Verb
from troth.domain.promises import noticed_at, promised_for
from troth.domain.ritual import Ritual
from troth.domain.slots import instant
from troth.domain.states import NudgePurpose
from troth.engine.mechanisms.hooks import Opening, Scene
from troth.engine.planned import nudge_about
from troth.engine.settle import settle_occurrence
from troth.engine.visit import Visit, title_of
from troth.store import channels, codes, nudges, occasions, promises
from troth.store.occasions import Occasion
from troth.store.records import Occurrence, Partner

MOST_COMING = 10  # of one partner with a day to come: each is asked of the other, too


def make(conn: Connection, visit: Visit) -> str:
    """Keep a promise, sealed, until its day; its day is said back, so that it was read rightly."""
    said, language = visit.said, visit.language
    if not said.words:
        return language.say("promise_what")
    local = visit.now.astimezone(visit.partner.zone).replace(tzinfo=None)
    day = promised_for(said.when, local) if said.when else None
    if day is None:
        return language.say("promise_by_when")
    if promises.coming_by(conn, visit.couple.id, visit.partner.key) >= MOST_COMING:
        return language.say("promise_enough")
    _plan(conn, visit, instant(day, visit.partner.zone))
    is_timed = said.when is not None and said.when.at is not None
    until = f"{day:%Y-%m-%d %H:%M}" if is_timed else f"{day:%Y-%m-%d}"
    return language.say("promised", until=until)


def _plan(conn: Connection, visit: Visit, asked_at: datetime) -> None:
    about = {"promise": str(visit.reply_id), "by": asked_at.isoformat()}
    sealed = visit.vault.seal(visit.said.words)
    for moment in (noticed_at(visit.now, asked_at), asked_at):
        if moment is not None:
            maker = visit.partner.key
            occasions.plan_occasion(
                conn,
                Occasion(visit.couple.id, promises.PROMISES, moment, maker, about, sealed),
            )


def take_back(conn: Connection, visit: Visit, promise: int) -> None:
    """Let nothing more be asked about a promise that was taken back."""
    promises.cancel_coming(conn, visit.couple.id, str(promise))
    born = promises.occurrence_of(conn, visit.couple.id, str(promise))
    if born is not None:
        settle_occurrence(conn, born.id, visit.now)


def opened(conn: Connection, scene: Scene, occasion: Occasion) -> Opening | None:
    """Give birth to a promise's occurrence, or ask its maker where it was born before its day."""
    promise, by = occasion.about["promise"], datetime.fromisoformat(occasion.about["by"])
    maker, other = _by_role(scene, occasion)
    born = promises.occurrence_of(conn, scene.couple.id, promise)
    if born is not None:
        if born.is_open and born.stamp.due[maker.key] < by:
            _ask_maker(conn, scene, born, maker)
        return None
    asks = {maker.key: "", other.key: ""}
    if scene.now >= by:
        return Opening(asks)
    texts = scene.ritual.lead_texts or scene.ritual.texts
    says = {maker.key: texts[int(promise) % len(texts)]}
    return Opening(asks, due={other.key: by}, says=says)


def _by_role(scene: Scene, occasion: Occasion) -> tuple[Partner, Partner]:
    first, second = scene.couple.partners
    return (first, second) if first.key == occasion.lead else (second, first)


def _ask_maker(conn: Connection, scene: Scene, born: Occurrence, maker: Partner) -> None:
    """Ask the maker on the day; where they have put it off until later, it is asked then."""
    ways = channels.confirmed_channels(conn, [maker.id])[maker.id]
    if nudges.ask_plainly(conn, born.id, maker.id) or not ways:
        return
    code = codes.code_of(conn, born.id, maker.id)
    planned = nudge_about(born, maker, ways[0], NudgePurpose.RITUAL, scene.now, code=code)
    nudges.plan_nudges(conn, scene.vault, [planned], scene.now)


def answered(conn: Connection, visit: Visit, occurrence: Occurrence, _: Ritual) -> str | None:
    """Offer its maker to renew what has not come about."""
    is_maker = visit.partner.key == occurrence.stamp.lead
    if visit.said.verb is not Verb.NO or not is_maker:
        return None
    return visit.language.say("promise_renew", title=title_of(conn, visit, occurrence))
