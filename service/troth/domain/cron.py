"""Cron expressions, read strictly and stepped on naive local time.

croniter steps a zone-aware time twice through the night the clocks go back, so it is only ever
given naive local minutes here; `slots` turns them into instants.
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache

from croniter import croniter
from croniter.croniter import CroniterError

LEAST_INTERVAL = timedelta(minutes=5)
LONGEST_TEXT = 100
_REFERENCE = datetime(2024, 1, 1)  # noqa: DTZ001 - cron knows local wall-clock minutes only
_RANDOM = re.compile(r"(?<![a-z])[rh](?![a-z])", re.IGNORECASE)


class CronError(ValueError):
    """A cron expression that Troth does not take; the text names the cause and the mend."""


def check_cron(text: str, least_interval: timedelta = LEAST_INTERVAL) -> str:
    """Return the expression with single spaces, or raise CronError.

    Five fields, names, `#` and `L`; no seconds, no random values, no date that never comes, and
    never two moments closer together than `least_interval`.
    """
    if len(text) > LONGEST_TEXT:
        raise CronError(f"a cron expression has at most {LONGEST_TEXT} characters")
    fields = text.split()
    if len(fields) != 5:
        raise CronError(
            f"a cron expression has five fields (minute hour day month weekday), this has "
            f"{len(fields)}; every evening at half past nine is '30 21 * * *'"
        )
    if _RANDOM.search(text):
        raise CronError("random fields (R, H) would move at every reading; write the minute itself")
    expression = " ".join(fields)
    _check_it_comes(expression)
    _check_room(expression, least_interval)
    return expression


def _check_it_comes(expression: str) -> None:
    """Refuse what croniter cannot read and what does not come at least twice."""
    try:
        steps = croniter(expression, _REFERENCE)
        steps.get_next(datetime)
        steps.get_next(datetime)
    except (CroniterError, ValueError, KeyError, OverflowError) as error:
        raise CronError(
            f"'{expression}' names no moment that comes again; minutes go 0-59, hours 0-23, days "
            "1-31, months 1-12 or jan-dec, weekdays 0-7 or sun-sat"
        ) from error


def _check_room(expression: str, least_interval: timedelta) -> None:
    """Walk two days in a row of the expression's minutes and hours, and refuse what crowds.

    Every day stands in for the days it names: of `0,58 0,23 1,3,4 * *` only the 3rd and 4th crowd,
    over midnight, and two such days may first follow each other years from now.
    """
    minute, hour = expression.split()[:2]
    steps = croniter(f"{minute} {hour} * * *", _REFERENCE)
    first = previous = steps.get_next(datetime)
    while previous - first < timedelta(days=2):
        current = steps.get_next(datetime)
        if current - previous < least_interval:
            raise CronError(
                f"'{expression}' comes more often than every "
                f"{least_interval // timedelta(minutes=1)} minutes, within a day or over "
                f"midnight; a ritual needs room"
            )
        previous = current


@lru_cache(maxsize=65_536)
def next_minute(expression: str, after: datetime) -> datetime:
    """Return the first naive local minute of `expression` strictly after naive `after`.

    Cached, because a hundred thousand schedules have only some hundreds of distinct expressions.
    """
    step: datetime = croniter(expression, after).get_next(datetime)
    return step
