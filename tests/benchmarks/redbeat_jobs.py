"""RedBeat: N daily entries in Redis that are all due; `celery beat` turns them into messages.

Run as a program it writes the entries. `beat` says `ready` when its loop begins.
"""

import os
import sys
from datetime import UTC, datetime, timedelta

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init
from redbeat import RedBeatSchedulerEntry

from tests.benchmarks.jobs import BROKER

app = Celery("redbeat_benchmark", broker=os.environ[BROKER])
app.conf.update(
    redbeat_redis_url=os.environ[BROKER],
    redbeat_lock_key=None,  # one beat: no lock to wait for
    beat_max_loop_interval=1,
    timezone="UTC",
)


def _ready(**_more: object) -> None:
    print("ready", flush=True)  # noqa: T201


beat_init.connect(_ready, weak=False)


def main() -> None:
    due = datetime.now(UTC) - timedelta(minutes=1)
    daily = crontab(minute=str(due.minute), hour=str(due.hour), app=app)
    for number in range(int(sys.argv[1])):
        entry = RedBeatSchedulerEntry(f"job-{number}", "do", daily, args=(number,), app=app)
        entry.last_run_at = due - timedelta(hours=23)
        entry.save()


if __name__ == "__main__":
    main()
