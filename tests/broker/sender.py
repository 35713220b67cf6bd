"""A process that sends by a provider whose places are few, for tests that end it or run several.

`hold` takes a place and never gives it back. `crowd` sends from many threads, once the list `go`
has an entry for it, and prints how many it has seen sending at once, whoever they were.
"""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import redis

from troth.broker.provider_limits import ProviderLimits
from troth.settings import ProviderLimit

PROVIDER = "mailto:example.org"
THREADS, TRIES = 8, 80


def main(task: str, url: str, at_once: int, seconds: float) -> None:
    lasts = timedelta(seconds=seconds)
    limits = ProviderLimits({"mailto": ProviderLimit(at_once=at_once)}, url, lasts)
    if task == "hold":
        held = limits.permit(PROVIDER)
        say("held" if held else "refused")
        threading.Event().wait()
    with redis.Redis.from_url(url) as client, ThreadPoolExecutor(THREADS) as pool:
        say("ready")
        client.blpop(["go"])
        most = max(pool.map(lambda _: send_often(limits, client), range(THREADS)))
        say(f"most: {most}")


def send_often(limits: ProviderLimits, client: redis.Redis) -> int:
    """Return how many were seen sending at once: counted in Redis, apart from the places."""
    seen = 0
    for _ in range(TRIES):
        if (permit := limits.permit(PROVIDER)) is None:
            continue
        with permit:
            seen = max(seen, int(client.incr("sending")))
            client.decr("sending")
    return seen


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
