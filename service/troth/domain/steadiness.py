"""Steady weeks: what has found its place carries one thing more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

A_WEEK = timedelta(weeks=1)
WEEKS = 3
ENOUGH = 2 / 3


@dataclass(frozen=True)
class Counted:
    """A scored occurrence: when it was due, aware UTC, and whether it was kept."""

    due_at: datetime
    is_kept: bool


def is_steady(counted: Sequence[Counted], now: datetime) -> bool:
    """Say whether at least two thirds were kept in each of the last three weeks."""
    return all(_is_kept(counted, now - week * A_WEEK) for week in range(WEEKS))


def _is_kept(counted: Sequence[Counted], end: datetime) -> bool:
    week = [each.is_kept for each in counted if end - A_WEEK < each.due_at <= end]
    return bool(week) and sum(week) >= ENOUGH * len(week)
