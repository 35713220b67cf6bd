"""Moments as people say them."""

from datetime import datetime
from zoneinfo import ZoneInfo

_DAYS = {-1: "yesterday, ", 0: "", 1: "tomorrow, "}


def moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return aware `at` on the clock of `zone`: `21:30`, `Fri 14 Nov, 21:30`."""
    local = at.astimezone(zone)
    away = (local.date() - now.astimezone(zone).date()).days
    day = _DAYS.get(away, f"{local:%a} {local.day} {local:%b}, ")
    return f"{day}{local:%H:%M}"
