"""Other schedulers with as many schedules due in one minute: APScheduler and RedBeat."""

import os
import sys
import time

import redis

from tests.benchmarks.jobs import BROKER
from tests.benchmarks.progress import progress
from tests.support.processes import Process
from tests.support.servers import Redis

QUEUE = "celery"
PATIENCE = 1_800.0  # seconds: they are slow, and the figure is how slow


def apscheduler(schedules: int) -> float:
    """Seconds until every job has run, of a function that does nothing, in the same process."""
    progress(f"APScheduler: {schedules} schedules")
    process = Process([sys.executable, "-m", "tests.benchmarks.apscheduler_jobs", str(schedules)])
    try:
        return float(process.wait_for_line(r"^took (\S+)", PATIENCE)[1])
    finally:
        process.kill()


def redbeat(server: Redis, schedules: int) -> float:
    """Seconds until every entry has become a message in Redis, the workers' work not included."""
    server.flush()
    env = {**os.environ, BROKER: server.url}
    progress(f"RedBeat: writing {schedules} entries")
    entries = [sys.executable, "-m", "tests.benchmarks.redbeat_jobs", str(schedules)]
    Process(entries, env).wait(PATIENCE)
    progress("RedBeat: beating")
    app = ["celery", "--app=tests.benchmarks.redbeat_jobs", "beat", "--loglevel=WARNING"]
    beat = Process(
        [sys.executable, "-m", *app, "--scheduler=redbeat.RedBeatScheduler", "--pidfile="], env
    )
    try:
        beat.wait_for_line("ready", 60)
        began = time.monotonic()
        with redis.Redis.from_url(server.url) as client:
            beat.wait_until(
                lambda: client.llen(QUEUE) >= schedules, "message of every entry", PATIENCE
            )
        return time.monotonic() - began
    finally:
        beat.kill()
