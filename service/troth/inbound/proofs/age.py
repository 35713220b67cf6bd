"""How long ago a request may have been made, and how far its provider's clock may be from ours."""

from datetime import datetime, timedelta

from troth.inbound.hook import ForgedError

WINDOW = timedelta(seconds=300)
_LONGEST = 12  # digits


def seconds(written: str) -> int:
    """Return a time written in whole seconds since 1970, UTC; raises ForgedError."""
    if not (written.isascii() and written.isdigit() and len(written) <= _LONGEST):
        raise ForgedError("the time is not in seconds")
    return int(written)


def check_age(
    made_at: object,
    now: datetime,
    oldest: timedelta = WINDOW,
    ahead: timedelta | None = None,
) -> None:
    """Raise ForgedError unless a request was made, in seconds since 1970, close to aware `now`.

    `ahead` is how far in our future it may be; as far as in our past, where nothing is said.
    """
    if isinstance(made_at, bool) or not isinstance(made_at, int | float):
        raise ForgedError("it is not said when the request was made")
    age, most_ahead = int(now.timestamp()) - made_at, oldest if ahead is None else ahead
    if not -most_ahead.total_seconds() <= age <= oldest.total_seconds():  # nor if it is no number
        raise ForgedError("the request was made too long ago, or is yet to be made")
