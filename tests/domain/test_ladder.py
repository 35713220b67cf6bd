"""The nudge ladder: a first nudge, gentle reminders, the next channel, then silence."""

from datetime import timedelta

import pytest

from tests.domain.moments import utc
from troth.domain.ladder import (
    MOST_FAILURES,
    Rung,
    fallback_channel,
    next_channel,
    next_follow_up,
    partners_to_remind,
    retry_after,
)
from troth.domain.rules import Terms
from troth.domain.states import Account, NudgeState, Rule

DUE = {"ana": utc("2026-05-01T19:00"), "ben": utc("2026-05-01T20:00")}
REMIND = (timedelta(minutes=30), timedelta(minutes=90))
ENDS = utc("2026-05-01T22:00")
TERMS = Terms(Rule.BOTH, ("ana", "ben"))
SENT = NudgeState.SENT


def rungs(**states: str) -> list[Rung]:
    """`rungs(ana="sent planned")`: each partner's nudges so far."""
    return [
        Rung(partner, 1, NudgeState(state), DUE[partner])
        for partner, words in states.items()
        for state in words.split()
    ]


@pytest.mark.parametrize(
    ("after", "moment"),
    [
        ("2026-05-01T19:00", "2026-05-01T19:30"),
        ("2026-05-01T19:29", "2026-05-01T19:30"),
        ("2026-05-01T19:30", "2026-05-01T20:30"),  # both Ana's second and Ben's first
        ("2026-05-01T20:30", "2026-05-01T21:30"),
        ("2026-05-01T21:30", None),
    ],
)
def test_the_next_follow_up_is_any_partners_next_reminder(after, moment):
    expected = utc(moment) if moment else None
    assert next_follow_up(DUE, REMIND, ENDS, utc(after)) == expected


def test_no_reminder_comes_at_or_after_the_windows_end():
    assert next_follow_up(DUE, REMIND, utc("2026-05-01T19:30"), DUE["ana"]) is None
    assert next_follow_up(DUE, (), ENDS, DUE["ana"]) is None


@pytest.mark.parametrize(
    ("now", "sent", "reminded"),
    [
        ("19:29", {"ana": "sent", "ben": ""}, []),
        ("19:30", {"ana": "sent", "ben": ""}, ["ana"]),
        ("19:30", {"ana": "sent planned", "ben": ""}, []),  # one is on its way
        ("19:30", {"ana": "sent sending", "ben": ""}, []),
        ("19:31", {"ana": "sent sent", "ben": ""}, []),  # this moment's has gone
        ("20:30", {"ana": "sent sent", "ben": "sent"}, ["ana", "ben"]),
        ("20:30", {"ana": "sent sent sent", "ben": "sent"}, ["ben"]),
        ("21:30", {"ana": "sent sent sent", "ben": "sent sent sent"}, []),  # then silence
        ("20:30", {"ana": "sent", "ben": "failed"}, ["ana"]),  # Ben was never reached
        ("20:30", {"ana": "sent failed", "ben": "expired"}, ["ana"]),
    ],
)
def test_a_reminder_goes_to_whoever_was_reached_and_is_silent(now, sent, reminded):
    at = utc(f"2026-05-01T{now}")
    assert partners_to_remind(TERMS, DUE, REMIND, {}, rungs(**sent), at) == reminded


@pytest.mark.parametrize("claim", list(Account))
def test_whoever_has_answered_is_not_reminded(claim):
    sent = rungs(ana="sent", ben="sent")
    late = utc("2026-05-01T20:40")
    assert partners_to_remind(TERMS, DUE, REMIND, {"ana": claim}, sent, late) == ["ben"]


def test_only_those_who_are_asked_are_reminded():
    terms = Terms(Rule.LEAD, ("ana", "ben"), "ben")
    sent = rungs(ana="sent", ben="sent")
    assert partners_to_remind(terms, DUE, REMIND, {}, sent, ENDS) == ["ben"]


def test_however_often_it_is_asked_no_more_reminders_go_than_moments_have_come():
    for now, most in (("19:29", 0), ("19:30", 1), ("20:29", 1), ("20:30", 2), ("23:59", 2)):
        sent = rungs(ana="sent")
        while partners_to_remind(TERMS, DUE, REMIND, {}, sent, utc(f"2026-05-01T{now}")):
            sent.append(Rung("ana", 1, SENT, DUE["ana"]))
        assert len(sent) == 1 + most


def test_a_reminder_takes_the_channel_after_the_last():
    assert next_channel([7, 8, 9], []) == 7
    assert next_channel([7, 8, 9], [7]) == 8
    assert next_channel([7, 8, 9], [7, 9]) == 7
    assert next_channel([7], [7]) == 7
    assert next_channel([7, 8], [5]) == 7  # the last one tried is gone
    assert next_channel([], [7]) is None


def test_after_a_refusal_each_channel_is_tried_once():
    assert fallback_channel([7, 8, 9], []) == 7
    assert fallback_channel([7, 8, 9], [8, 7]) == 9
    assert fallback_channel([7, 8], [8, 7]) is None
    assert fallback_channel([], []) is None


def test_retries_double_from_half_a_minute_and_end():
    waits = [retry_after(attempt, None) for attempt in range(1, MOST_FAILURES)]
    assert waits == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240)]
    assert retry_after(MOST_FAILURES, None) is None


def test_a_providers_longer_wait_is_honoured_and_a_shorter_is_not():
    assert retry_after(1, timedelta(minutes=20)) == timedelta(minutes=20)
    assert retry_after(1, timedelta(seconds=1)) == timedelta(seconds=30)
    assert retry_after(MOST_FAILURES, timedelta(minutes=20)) is None
