"""lateness: whether what is due is sent and done in time. Pure."""

from datetime import datetime, timedelta

from troth.engine.reasons import CLOCK_LATE, SENDS_LATE, Reason
from troth.store.backlog import Backlog


def why_late(backlog: Backlog, now: datetime, late: timedelta) -> list[Reason]:
    """Return why a service is late at aware `now`; nothing where nothing waited longer than `late`.

    That no clock makes its rounds is seen by what it leaves undone: clocks may be on any machine,
    and while nothing is due none is missed.
    """
    waited = ((backlog.unsent_since, SENDS_LATE), (backlog.undone_since, CLOCK_LATE))
    return [reason for since, reason in waited if since is not None and now - since > late]
