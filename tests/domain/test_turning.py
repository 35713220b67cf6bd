"""The turning-toward rate."""

from troth.domain.turning import Turning, turning_toward


def test_the_rate_is_of_the_bids_that_were_made():
    assert turning_toward([True, False, True, True]) == Turning(3, 4)
    assert turning_toward([True, False, True, True]).share == 0.75


def test_without_a_bid_there_is_no_rate():
    assert turning_toward([]).share is None
