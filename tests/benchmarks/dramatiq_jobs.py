"""Jobs through Dramatiq on Redis, as its own command starts it: `dramatiq tests.benchmarks...`.

Run as a program it is the producer: it enqueues the jobs 1 to N once its standard input closes.
"""

import os
import sys

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from tests.benchmarks.jobs import BROKER, Desk

broker = RedisBroker(url=os.environ[BROKER])
dramatiq.set_broker(broker)
_desk = Desk()
do = dramatiq.actor(actor_name="do")(_desk.do)


def main() -> None:
    broker.client.ping()
    print("ready", flush=True)  # noqa: T201
    sys.stdin.read()
    for number in range(1, int(sys.argv[1]) + 1):
        do.send(number)


if __name__ == "__main__":
    main()
