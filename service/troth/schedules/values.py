"""The values of schedule files: how each is written, and what is wrong with it else."""

import re
import unicodedata
from datetime import date, time, timedelta
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from troth.domain.cron import check_cron
from troth.domain.durations import format_duration, parse_duration
from troth.domain.incoming import Address, AddressKind, normal
from troth.domain.quiet import QuietHours
from troth.domain.timeout import LONGEST, SHORTEST
from troth.schedules.suggest import nearest


def _duration(value: object) -> timedelta:
    if not isinstance(value, str):
        raise ValueError('a length of time is text such as "45m", "2h" or "1h30m"')
    return parse_duration(value)


def _clock_time(value: object) -> time:
    if isinstance(value, str) and re.fullmatch(r"\d{2}:\d{2}", value):
        return time.fromisoformat(value)
    raise ValueError('a time of day is text such as "04:00"')


@cache
def _zones() -> frozenset[str]:
    """Every zone there is. Reading them from the disk for each file was most of its cost."""
    return frozenset(available_timezones())


def _zone(value: str) -> str:
    if value not in _zones():
        hint = nearest(value, _zones())
        raise ValueError(f"'{value}' is no time zone{hint}; zones are named like Europe/Lisbon")
    return value


def _address(value: object) -> Address | None:
    if value is None or isinstance(value, Address):
        return value
    kind, colon, written = str(value).partition(":")
    if not colon or kind not in set(AddressKind) or not written.strip():
        known = ", ".join(AddressKind)
        raise ValueError(f"an address is a kind and a value, as phone:+15550100; kinds: {known}")
    return normal(AddressKind(kind), written)


def _quiet(value: object) -> QuietHours:
    if not isinstance(value, str):
        raise ValueError('quiet hours are text such as "23:00-07:00"')
    return QuietHours.parse(value)


def _printable(value: str) -> str:
    if any(unicodedata.category(char) == "Cc" and char != "\n" for char in value):
        raise ValueError("it holds a control character; write plain text")
    return value


def _near_day(value: date) -> date:
    if not 2000 <= value.year <= 2100:
        raise ValueError("a day lies between the years 2000 and 2100")
    return value


def _short_pause(value: timedelta) -> timedelta:
    if not SHORTEST <= value <= LONGEST:
        raise ValueError("a pause in a quarrel lasts between 5m and 24h; 20m are the least advised")
    return value


def _schema(pattern: str, description: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "description": description})


Cron = Annotated[str, AfterValidator(check_cron)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=600, strip_whitespace=True),
    AfterValidator(_printable),
]
Phrases = tuple[Text, ...]
Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=80, strip_whitespace=True),
    AfterValidator(_printable),
]
Day = Annotated[date, AfterValidator(_near_day)]
Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(format_duration, return_type=str, when_used="json"),
    _schema(r"^(\d+\s*[smhdw]\s*)+$", "a length of time: 45m, 2h, 1h30m"),
]
ClockTime = Annotated[time, BeforeValidator(_clock_time), _schema(r"^\d{2}:\d{2}$", "04:00")]
ZoneName = Annotated[str, AfterValidator(_zone)]
Quiet = Annotated[QuietHours, BeforeValidator(_quiet), _schema(r"^\d{2}:\d{2}-\d{2}:\d{2}$", "")]
Reminders = Annotated[tuple[Duration, ...], Field(max_length=2)]
Weight = Annotated[float, Field(ge=0, le=10)]
ReplyAddress = Annotated[Address | None, BeforeValidator(_address), PlainSerializer(str)]
ShortPause = Annotated[Duration, AfterValidator(_short_pause)]
