"""The times that signed requests carry."""

from datetime import datetime, timedelta

WINDOW = timedelta(seconds=300)  # how far a request's own time may be from ours, either way


def is_recent(stamp: str, now: datetime) -> bool:
    """Say whether a Unix time in seconds, as text, is within the window around aware `now`."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    return abs(now.timestamp() - int(stamp)) <= WINDOW.total_seconds()
