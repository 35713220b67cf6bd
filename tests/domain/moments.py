"""Short ways to write moments in tests."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def utc(text: str) -> datetime:
    """An aware UTC moment from `2026-03-08T07:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    """A naive wall-clock minute from `2026-03-08T02:30`."""
    return datetime.fromisoformat(text)


def both(zone: str, other: str | None = None) -> dict[str, ZoneInfo]:
    """Ana's and Ben's zones; the same for both unless told."""
    return {"ana": ZoneInfo(zone), "ben": ZoneInfo(other or zone)}
