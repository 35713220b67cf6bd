"""Why a service is not well: each reason with a stable id, its cause and its mend; which are late.

They are shown to whoever asks over HTTP, so they hold nothing of anybody: no name, no address, no
number of nudges.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from troth.store.backlog import Backlog


@dataclass(frozen=True)
class Reason:
    """One reason; machines go by `id`, which never changes."""

    id: str
    reason: str
    mend: str


DATABASE_UNREACHABLE = Reason(
    "database-unreachable",
    "the database can't be reached, or does not answer in time",
    "check that it runs, and TROTH_DATABASE_URL; troth doctor says what it answers",
)
SCHEMA_BEHIND = Reason(
    "schema-behind", "the database's schema is behind this Troth", "run: troth migrate"
)
SCHEMA_NEWER = Reason(
    "schema-newer",
    "the database was made by a newer Troth",
    "upgrade Troth, or put back the backup from before",
)
KEY_UNFIT = Reason(
    "key-unfit",
    "the secret key does not open what the store holds",
    "give the store's own key in TROTH_SECRET_KEY, or put its key file back",
)
DOORBELL_UNREACHABLE = Reason(
    "doorbell-unreachable",
    "the doorbell between processes can't be reached, or may not be used",
    "check that it runs, and its address and password; troth doctor says what is wrong",
)
SENDS_LATE = Reason(
    "sends-late",
    "a nudge that is due has waited for too long (TROTH_LATE_SECONDS)",
    "check that a worker runs and reaches the doorbell and the providers; start another if all do",
)
CLOCK_LATE = Reason(
    "clock-late",
    "what a clock should have done is undone for too long (TROTH_LATE_SECONDS)",
    "check that a clock runs, and what it logs",
)
ROUNDS_FAIL = Reason(
    "rounds-fail",
    "this clock has made no round without trouble for too long (TROTH_LATE_SECONDS)",
    "read what it logs as duty.failed or round.failed",
)
ALL = (
    DATABASE_UNREACHABLE,
    SCHEMA_BEHIND,
    SCHEMA_NEWER,
    KEY_UNFIT,
    DOORBELL_UNREACHABLE,
    SENDS_LATE,
    CLOCK_LATE,
    ROUNDS_FAIL,
)


def why_late(backlog: Backlog, now: datetime, late: timedelta) -> list[Reason]:
    """Return why a service is late at aware `now`; nothing where nothing waited longer than `late`.

    That no clock makes its rounds is seen by what it leaves undone: clocks may be on any machine,
    and while nothing is due none is missed.
    """
    waited = ((backlog.unsent_since, SENDS_LATE), (backlog.undone_since, CLOCK_LATE))
    return [reason for since, reason in waited if since is not None and now - since > late]
