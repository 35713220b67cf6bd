"""Times that lean on each other, each set where it is used: whoever changes one sees the others."""

from datetime import timedelta

from troth.delivery.exchange import SEND_SECONDS
from troth.engine.deliver import BEGIN_WITHIN, LEASE
from troth.engine.recorder import HOLD
from troth.processes import roles
from troth.workers import STOP_MS

SEND, STOP = timedelta(seconds=SEND_SECONDS), timedelta(milliseconds=STOP_MS)
CLOCKS_DIFFER = LEASE / 4


def test_a_send_takes_no_more_than_half_of_its_lease():
    assert SEND <= LEASE / 2


def test_a_send_that_begins_late_ends_before_another_may_have_it():
    assert BEGIN_WITHIN + SEND + CLOCKS_DIFFER <= LEASE


def test_a_result_is_held_no_longer_than_its_lease_surely_lasts():
    assert timedelta(seconds=HOLD) <= LEASE - CLOCKS_DIFFER


def test_a_process_that_stops_waits_for_the_longest_send():
    assert roles.SEND_SECONDS > SEND_SECONDS


def test_a_stop_is_given_more_time_than_its_parts_may_take():
    parts = 2 * STOP.total_seconds() + roles.SEND_SECONDS + HOLD  # workers, then consumers
    assert parts < roles.STOP_SECONDS
