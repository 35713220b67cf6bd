"""Milestones: what a couple has gathered, counted for life. None can be lost."""

from collections.abc import Collection
from datetime import datetime, timedelta

DAYS = (7, 30, 100, 180)  # on which anything was kept, in a row or not
BEDTIME = "bedtime-six-months"
BEDTIME_PRACTICE = "bedtime-ritual"
EVENINGS, SIX_MONTHS = 150, timedelta(days=182)


def of_days(days: int) -> str:
    """Return the name of the milestone of so many days."""
    return f"days-{days}"


def next_days(known: Collection[str]) -> int | None:
    """Return how many days the next milestone asks for, or None where all have been reached."""
    return next((days for days in DAYS if of_days(days) not in known), None)


def days_reached(count: int, known: Collection[str]) -> list[int]:
    """Return the milestones that so many days reach and that nobody has seen yet, rising."""
    return [days for days in DAYS if days <= count and of_days(days) not in known]


def is_bedtime(evenings: int, first: datetime, last: datetime) -> bool:
    """Say whether so many kept evenings between two aware moments are six months of a ritual."""
    return evenings >= EVENINGS and last - first >= SIX_MONTHS
