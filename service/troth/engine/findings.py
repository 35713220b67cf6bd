"""doctor: start-up checks with stable ids, each with its cause and its mend."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from troth.domain.states import ChannelState
from troth.engine.standing import couple_standing, folded_standing
from troth.store import channels, couples, marks, rituals
from troth.store.records import Channel
from troth.store.vault import Vault


class Health(StrEnum):
    """How a check came out."""

    GOOD = "good"
    NOTICE = "notice"
    BAD = "bad"


_STATE_MENDS = {
    ChannelState.UNCONFIRMED: "its owner agrees by the link in the message that was sent there",
    ChannelState.STOPPED: "only its owner can take that back, by a link they were sent",
    ChannelState.FAILING: "check its address in the couple's file, and apply it again",
}


@dataclass(frozen=True)
class Finding:
    """One check: its stable id, how it came out, and what to do about it."""

    id: str
    health: Health
    text: str


def examine_store(conn: Connection, vault: Vault) -> Iterable[Finding]:
    """Yield what can be said of a store that is open."""
    known = couples.all_couples(conn)
    part = "1 couple takes part" if len(known) == 1 else f"{len(known)} couples take part"
    yield Finding("couples", Health.GOOD, part)
    if (why := marks.held(conn)) is not None:
        yield Finding("held", Health.NOTICE, f"no nudge leaves ({why}); mend: troth release")
    for couple in known:
        yield from _examine_channels(conn, vault, couple)
        yield _examine_score(conn, couple)
    for ritual_id, trouble in rituals.troubled_rituals(conn):
        text = f"ritual {ritual_id} stepped aside: {trouble}; apply its file again"
        yield Finding("ritual-aside", Health.BAD, text)


def _examine_channels(
    conn: Connection, vault: Vault, source: couples.CoupleSource
) -> Iterable[Finding]:
    couple = couples.load_couple(conn, source.id)
    held = channels.channels_of(conn, [partner.id for partner in couple.partners])
    for partner in couple.partners:
        mine = held[partner.id]
        if not any(channel.state is ChannelState.CONFIRMED for channel in mine):
            who = "a partner" if any(map(_is_stopped, mine)) else partner.key
            text = f"{who} of '{couple.name}' has no confirmed channel, and gets no nudges"
            yield Finding("unreachable", Health.NOTICE, text)
        for channel in mine:
            if channel.state is not ChannelState.CONFIRMED:
                name = f"channel h{channel.id}"
                if not _is_stopped(channel):
                    name += f" ({channel.scheme}) of {partner.key}"
                text = f"{name} is {channel.state}; {_STATE_MENDS[channel.state]}"
                yield Finding("channel-state", Health.NOTICE, text)
            vault.open(channel.url_sealed)


def _is_stopped(channel: Channel) -> bool:
    """Say whether its owner said stop: who that was is told to nobody."""
    return channel.state is ChannelState.STOPPED


def _examine_score(conn: Connection, source: couples.CoupleSource) -> Finding:
    """Hold the score against the fold over the whole ledger: they are the same, always."""
    shown, folded = couple_standing(conn, source.id), folded_standing(conn, source.id)
    same = abs((shown.score or 0) - (folded.score or 0)) < 1e-6 and shown.scored == folded.scored
    if same:
        return Finding("score-fold", Health.GOOD, f"the score of '{source.name}' equals its ledger")
    text = f"the score of '{source.name}' is not what its ledger says; please report this"
    return Finding("score-fold", Health.BAD, text)
