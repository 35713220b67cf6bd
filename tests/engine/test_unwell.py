"""What late means: the oldest that is due and not sent, or not done, by a setting."""

from datetime import UTC, datetime, timedelta

import pytest

from troth.engine.unwell import ALL, why_late
from troth.store.backlog import Backlog

NOW = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
LATE = timedelta(seconds=300)


def ids(**since: timedelta) -> list[str]:
    """The reasons at 20:00, where the oldest has waited for so long."""
    backlog = Backlog(**{name: NOW - waited for name, waited in since.items()})
    return [reason.id for reason in why_late(backlog, NOW, LATE)]


def test_nothing_that_waits_is_nothing_late():
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "reason"), [("unsent_since", "sends-late"), ("undone_since", "clock-late")]
)
def test_what_waits_is_late_after_the_setting_and_not_before(name: str, reason: str):
    assert ids(**{name: LATE + timedelta(seconds=1)}) == [reason]
    assert ids(**{name: LATE}) == []
    assert ids(**{name: timedelta(hours=-1)}) == []  # it lies ahead


def test_each_reason_has_an_id_of_its_own_with_its_cause_and_its_mend():
    assert len({each.id for each in ALL}) == len(ALL)
    assert all(each.reason and each.mend for each in ALL)
