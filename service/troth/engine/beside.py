"""What stands beside a couple's score, and is never mixed into it: figures of other things."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from troth.domain.promises import FollowThrough, follow_through
from troth.domain.season import SeasonCount
from troth.domain.turning import Turning
from troth.engine.standing import season_counts
from troth.engine.turning import couple_turning
from troth.store import promises


@dataclass(frozen=True)
class Beside:
    """A couple's figures beside its score."""

    follow_through: FollowThrough
    turning: Turning
    seasons: Sequence[SeasonCount] = ()


def beside_score(conn: Connection, couple_id: int) -> Beside:
    """Return a couple's figures as things stand now."""
    return Beside(
        follow_through(promises.outcomes(conn, couple_id)),
        couple_turning(conn, couple_id),
        season_counts(conn, couple_id),
    )
