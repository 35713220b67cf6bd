"""Jobs through Celery on Redis: `celery -A tests.benchmarks.celery_jobs worker`.

Run as a program it is the producer: it enqueues the jobs 1 to N once its standard input closes.
Acknowledged early, no results, one job fetched ahead of each greenlet.
"""

import os
import sys

from celery import Celery
from celery.signals import worker_ready

from tests.benchmarks.jobs import BROKER, Desk

app = Celery("benchmarks", broker=os.environ[BROKER])
app.conf.update(
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"max_connections": 2_000},
    worker_send_task_events=False,
)
_desks: list[Desk] = []


def _do(number: int) -> None:
    _desks[0].do(number)


def _ready(**_more: object) -> None:
    _desks.append(Desk())
    print("ready", flush=True)  # noqa: T201


do = app.task(name="do")(_do)
worker_ready.connect(_ready, weak=False)


def main() -> None:
    with app.producer_pool.acquire(block=True) as producer:
        producer.connection.ensure_connection()
        print("ready", flush=True)  # noqa: T201
        sys.stdin.read()
        for number in range(1, int(sys.argv[1]) + 1):
            do.apply_async((number,), producer=producer)


if __name__ == "__main__":
    main()
