"""Which practices a test plays through by reply: the catalogue has none that nobody played."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

T = TypeVar("T", bound=Callable[..., Any])


def over_weeks(test: T) -> T:
    """Let a test that winds through weeks run on SQLite alone: in days all has run on both."""
    marked: T = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)(test)
    return marked


def plays(*names: str) -> Callable[[T], T]:
    """Mark a test as playing these practices through."""
    return pytest.mark.plays(*names)
