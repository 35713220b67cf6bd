"""A worker's greenlets share connections, and each gets the answer to its own send."""

import json
import sys
from base64 import b64encode
from collections import Counter
from datetime import timedelta
from pathlib import Path
from subprocess import run

from troth.delivery.outcome import Refused, Sent, TryAgain

COUNT = 200  # as in greenlets.py


def expected(number: int) -> Sent | Refused | TryAgain:
    busy = TryAgain(
        "the provider was in trouble (status 429)", after=timedelta(seconds=number) or None
    )
    return (Sent(), Refused("the provider refused it (status 404)"), busy)[number % 3]


def test_greenlets_keep_their_connections_and_mix_nothing_up() -> None:
    worker = Path(__file__).with_name("greenlets.py")
    ran = run([sys.executable, str(worker)], capture_output=True, text=True, timeout=90, check=True)
    told = json.loads(ran.stdout)
    assert told["outcomes"] == [repr(expected(number)) for number in range(COUNT)] * 2
    assert told["callers"] <= COUNT  # the second round found the connections of the first
    credentials = {f"/{n}": b64encode(f"u{n}:p".encode()).decode() for n in range(COUNT)}
    assert Counter(path for path, _, _ in told["heard"]) == dict.fromkeys(credentials, 2)
    for path, authorization, cookie in told["heard"]:
        assert authorization == f"Basic {credentials[path]}"
        assert cookie is None
