"""APScheduler in memory: N daily jobs that are all due; prints the seconds until all have run.

Its default grace of one second would drop most of them; here it has as much as it wants.
"""

import sys
import time
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger


def main() -> None:
    count = int(sys.argv[1])
    ran: list[int] = []
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}
    )
    scheduler.start(paused=True)
    daily, due = CronTrigger.from_crontab("0 20 * * *", UTC), datetime.now(UTC)
    for number in range(count):
        scheduler.add_job(ran.append, daily, args=(number,), next_run_time=due)
    print("ready", flush=True)  # noqa: T201
    began = time.monotonic()
    scheduler.resume()
    while len(ran) < count:
        time.sleep(0.005)
    print(f"took {time.monotonic() - began}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
