"""why: the reasons behind an occurrence, a nudge, or a score, as plain data."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from troth.domain.durations import format_duration
from troth.domain.repair import PRIVATE
from troth.domain.score import occurrence_weights
from troth.domain.states import NudgePurpose, NudgeState
from troth.domain.tuning import tuning_of
from troth.engine.standing import couple_standing
from troth.errors import TrothError
from troth.store import channels, couples, nudges, occurrences, past, replies, rituals
from troth.store.records import Couple, Nudge, Occurrence, ritual_from_json

_SENT_OR_NOT = {
    NudgeState.PLANNED: "it waits for its moment",
    NudgeState.SENDING: "it is being sent",
    NudgeState.SENT: "its channel accepted it",
    NudgeState.FAILED: "no channel took it",
    NudgeState.EXPIRED: "it would have come too late",
    NudgeState.WITHDRAWN: "it was not needed any more",
}


def explain(conn: Connection, printed_id: str) -> dict[str, Any]:
    """Return the reasons behind `o17`, `n42` or `c1`; raises TrothError for anything else."""
    kind, number = printed_id[:1].casefold(), printed_id[1:]
    explainers = {"o": _occurrence, "n": _nudge, "c": _couple}
    if kind not in explainers or not number.isdecimal() or len(number) > 18:
        raise TrothError(
            f"'{printed_id}' is no id; ask with one that `troth log` prints: o17 for an "
            "occurrence, n42 for a nudge, c1 for a couple's score"
        )
    found = explainers[kind](conn, int(number))
    if found is None:
        raise TrothError(
            f"nothing here has the id {printed_id}; `troth log` prints those there are"
        )
    return found


def _occurrence(conn: Connection, occurrence_id: int) -> dict[str, Any] | None:
    occurrence = occurrences.load_occurrences(conn, [occurrence_id]).get(occurrence_id)
    if occurrence is None:
        return None
    row = rituals.load_rituals(conn, [occurrence.ritual_id])[occurrence.ritual_id]
    ritual = ritual_from_json(row.spec)
    couple = couples.load_couple(conn, occurrence.couple_id)
    stamp, is_private = occurrence.stamp, PRIVATE in occurrence.stamp.about
    said = {} if is_private else replies.acknowledgements(conn, occurrence.id)
    told = [] if is_private else nudges.nudges_of(conn, occurrence.id)
    return {
        "id": f"o{occurrence.id}",
        "couple": couple.name,
        "ritual": row.key,
        "practice": ritual.practice,
        "why": ritual.why,
        "slot": occurrence.slot,
        "zone": stamp.zone,
        "due": {partner: _iso(due) for partner, due in stamp.due.items()},
        "window": format_duration(occurrence.ends_at - max(stamp.due.values())),
        "ends": _iso(occurrence.ends_at),
        "rule": stamp.rule,
        "lead": None if is_private else stamp.lead,
        "season": stamp.season,
        "changed_by_reply": _changes(row),
        "state": occurrence.state,
        "reason": occurrence.reason,
        "credit": occurrence.credit,
        "share_of_score": _share(conn, occurrence),
        "answers": [
            {"partner": word.partner, "said": word.verb, "at": _iso(word.received_at)}
            for word in said.values()
        ],
        "nudges": [_nudge_facts(conn, couple, nudge) for nudge in told],
    }


def _changes(row: Row[Any]) -> dict[str, Any] | None:
    """Return what was changed by reply on a ritual, and since when it is quiet."""
    tuning = {name: value for name, value in vars(tuning_of(row.tuned)).items() if value}
    quiet = {"quiet_since": _iso(row.dormant_at)} if row.dormant_at else {}
    return {**tuning, **quiet} or None


def _nudge(conn: Connection, nudge_id: int) -> dict[str, Any] | None:
    nudge = nudges.load_nudge(conn, nudge_id)
    if nudge is None:
        return None
    couple = couples.load_couple(conn, nudge.couple_id)
    return {"couple": couple.name, **_nudge_facts(conn, couple, nudge)}


def _nudge_facts(conn: Connection, couple: Couple, nudge: Nudge) -> dict[str, Any]:
    """Return what is known of a nudge; of what is said back, not to whom: they may have paused."""
    is_told = nudge.purpose is not NudgePurpose.ANSWER
    by = nudge.channel_id if is_told else None
    channel = channels.load_channel(conn, by) if by else None
    return {
        "id": f"n{nudge.id}",
        "occurrence": f"o{nudge.occurrence_id}" if nudge.occurrence_id else None,
        "partner": couple.partner_by_id(nudge.partner_id).key if is_told else None,
        "purpose": nudge.purpose,
        "channel": f"h{channel.id} ({channel.scheme})" if channel else None,
        "state": nudge.state,
        "because": nudge.reason or _SENT_OR_NOT[nudge.state],
        "due": _iso(nudge.due_at),
        "not_before": _iso(nudge.not_before),
        "useful_until": _iso(nudge.expires_at),
        "sent": _iso(nudge.sent_at) if nudge.sent_at else None,
        "attempts": nudge.attempt,
        "may_have_repeated": nudge.repeated,
    }


def _couple(conn: Connection, couple_id: int) -> dict[str, Any] | None:
    if couple_id not in couples.load_couples(conn, [couple_id]):
        return None
    standing = couple_standing(conn, couple_id)
    rows = {row.key: row for row in rituals.rituals_of(conn, couple_id).values()}
    return {
        "couple": couples.load_couple(conn, couple_id).name,
        "score": standing.score,
        "building": standing.building,
        "rituals": [
            {
                "ritual": ritual.ritual,
                "weight": rows[ritual.ritual].weight,
                "score": ritual.score,
                "occurrences": _weighed(conn, rows[ritual.ritual].id),
            }
            for ritual in standing.rituals
        ],
    }


def _weighed(conn: Connection, ritual_id: int) -> list[dict[str, Any]]:
    """Return the scored occurrences with each one's share of the ritual's score, newest first."""
    felt = past.newest_credits(conn, ritual_id)
    shares = occurrence_weights(len(felt))
    return [
        {"id": f"o{occurrence_id}", "slot": slot, "credit": credit, "share": round(share, 4)}
        for (occurrence_id, slot, credit), share in reversed(list(zip(felt, shares, strict=True)))
    ]


def _share(conn: Connection, occurrence: Occurrence) -> float | None:
    mine = [w for w in _weighed(conn, occurrence.ritual_id) if w["id"] == f"o{occurrence.id}"]
    return float(mine[0]["share"]) if mine else None


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
