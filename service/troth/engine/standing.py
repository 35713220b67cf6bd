"""Where a couple stands: the score read from what its occurrences settled to."""

from sqlalchemy import Connection

from troth.domain.score import RitualStanding, Settlement, Standing, combine, ritual_score, standing
from troth.domain.states import OccurrenceState
from troth.store import ledger, occurrences, rituals


def couple_standing(conn: Connection, couple_id: int) -> Standing:
    """Return the couple's standing now. Costs the same after thirty years as after one."""
    counts = occurrences.outcome_counts(conn, couple_id)
    rows = rituals.load_rituals(conn, counts)
    weights = {rows[ritual_id].key: rows[ritual_id].weight for ritual_id in counts}
    stands = tuple(
        _ritual(conn, ritual_id, rows[ritual_id].key, mine) for ritual_id, mine in counts.items()
    )
    return combine(stands, weights)


def folded_standing(conn: Connection, couple_id: int) -> Standing:
    """Return the same by folding the whole ledger: what `troth doctor` holds against it."""
    current = [row for row in rituals.rituals_of(conn, couple_id).values() if not row.retired_at]
    entries = ledger.settlements(conn, couple_id)
    return standing(
        (Settlement.from_event(revision, data) for revision, data in entries),
        {row.key: row.weight for row in sorted(current, key=lambda row: int(row.id))},
    )


def _ritual(
    conn: Connection, ritual_id: int, key: str, counts: dict[OccurrenceState, int]
) -> RitualStanding:
    credits_ = [credit for _, _, credit in occurrences.felt_credits(conn, ritual_id)]
    scored = (OccurrenceState.KEPT, OccurrenceState.PARTIAL, OccurrenceState.MISSED)
    return RitualStanding(
        ritual=key,
        score=ritual_score(credits_),
        scored=sum(counts.get(state, 0) for state in scored),
        excused=counts.get(OccurrenceState.EXCUSED, 0),
        kept=counts.get(OccurrenceState.KEPT, 0),
        partial=counts.get(OccurrenceState.PARTIAL, 0),
        missed=counts.get(OccurrenceState.MISSED, 0),
    )
