"""Cron expressions: what is taken, what is refused and why, and that every step moves on."""

import time
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from troth.domain.cron import CronError, check_cron, next_minute

MONDAY = datetime(2026, 1, 5)  # noqa: DTZ001 - cron knows local wall-clock minutes only


@pytest.mark.parametrize(
    ("expression", "first"),
    [
        ("30 21 * * *", "2026-01-05T21:30"),
        ("0 19 * * fri", "2026-01-09T19:00"),
        ("0 19 * * FRI", "2026-01-09T19:00"),
        ("0 9 1 jan *", "2027-01-01T09:00"),
        ("0 18 * * sun#1", "2026-02-01T18:00"),
        ("0 18 * * fri#2", "2026-01-09T18:00"),
        ("0 18 L * *", "2026-01-31T18:00"),
        ("0 18 * * L5", "2026-01-30T18:00"),
        ("0 8 * * 0", "2026-01-11T08:00"),
        ("0 8 * * 7", "2026-01-11T08:00"),
        ("0 8 29 2 *", "2028-02-29T08:00"),
        ("*/5 * * * *", "2026-01-05T00:05"),
        ("0,55 * * * *", "2026-01-05T00:55"),
    ],
)
def test_five_fields_with_names_hash_and_l_are_accepted(expression, first):
    assert check_cron(expression) == expression
    assert next_minute(expression, MONDAY).isoformat(timespec="minutes") == first


def test_the_spaces_between_fields_do_not_matter():
    assert check_cron("  30\t21 *  * *\n") == "30 21 * * *"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "has five fields .* this has 0; .*'30 21 \\* \\* \\*'"),
        ("@daily", "this has 1"),
        ("30 21 * *", "this has 4"),
        ("0 30 21 * * *", "this has 6"),
        ("R R * * *", "random fields .* write the minute itself"),
        ("r(0-30) 9 * * *", "random fields"),
        ("H 9 * * *", "random fields"),
        ("h/10 9 * * *", "random fields"),
        ("0 0 31 2 *", "'0 0 31 2 \\*' names no moment that comes again; minutes go 0-59"),
        ("0 0 31 4,6,9,11 *", "names no moment"),
        ("60 9 * * *", "names no moment"),
        ("0 24 * * *", "names no moment"),
        ("0 9 0 * *", "names no moment"),
        ("0 9 * 13 *", "names no moment"),
        ("0 9 * * 8", "names no moment"),
        ("0 9 * * fri#6", "names no moment"),
        ("0 9 * * someday", "names no moment"),
        ("*/0 * * * *", "names no moment"),
        ("* * * * *", "'\\* \\* \\* \\* \\*' comes more often than every 5 minutes"),
        ("*/4 * * * *", "comes more often"),
        ("*/7 * * * *", "comes more often"),  # :56 and :00
        ("0,59 * * * *", "comes more often"),
        ("0,4 9 * * *", "comes more often"),
        ("0,59 0,23 * * *", "over midnight"),
        ("0,58 0,23 1,3,4 * *", "over midnight"),  # only the 3rd and the 4th follow each other
        ("* 9 1 1 *", "comes more often"),
        ("0 9 * * *" + " " * 100, "at most 100 characters"),
        (",".join(["30"] * 30_000) + " 21 * * *", "at most 100 characters"),
    ],
)
def test_what_is_refused_says_why(expression, message):
    with pytest.raises(CronError, match=message):
        check_cron(expression)


def test_a_demo_may_come_every_minute():
    assert check_cron("* * * * *", timedelta(minutes=1)) == "* * * * *"


def test_the_zone_of_the_machine_does_not_matter(monkeypatch):
    before_the_gap = datetime(2026, 3, 8, 1, 59)  # noqa: DTZ001
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "America/New_York")
        time.tzset()
        next_minute.cache_clear()
        slot = next_minute("30 2 * * *", before_the_gap)
    time.tzset()
    assert slot.isoformat() == "2026-03-08T02:30:00"


atoms = st.one_of(
    st.sampled_from(
        ["*", "?", "L", "l5", "fri", "mon-fri", "fri#2", "feb", "*/0", "#", "R", "15W"]
    ),
    st.integers(-1, 70).map(str),
    st.builds("{}-{}".format, st.integers(0, 60), st.integers(0, 60)),
    st.builds("{}/{}".format, st.sampled_from(["*", "3", "0-59"]), st.integers(0, 70)),
)
fields = st.lists(atoms, min_size=1, max_size=3).map(",".join)
likely = st.lists(fields, min_size=4, max_size=6).map(" ".join)


@settings(max_examples=200, deadline=timedelta(seconds=2))
@given(likely | st.text(max_size=120))
@example("0 0 29 2 mon#1")
@example("59 23 31 12 *")
def test_any_text_is_refused_or_steps_strictly_forward(text):
    try:
        expression = check_cron(text)
    except CronError as error:
        assert len(str(error)) < 300
        return
    minute = MONDAY
    for _ in range(5):
        following = next_minute(expression, minute)
        assert following >= minute + timedelta(minutes=1 if minute == MONDAY else 5)
        assert (following.second, following.microsecond, following.tzinfo) == (0, 0, None)
        minute = following
