"""The ceiling: what Apprise's plugins can do on this machine, with no queue and no store.

Run as a program it is one sending process: it reads its messages from a file, says `ready`, begins
when its standard input closes, and stays to be looked at. The courier is Troth's own, so that a
plugin is made for each send and connections are kept exactly as Troth does both.
"""

import inspect
import json
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any

from tests.benchmarks.messages import TITLE, body
from tests.benchmarks.result import Result
from tests.benchmarks.scene import Scene, Watch
from tests.benchmarks.senders import idle_senders, let_go


def run(scene: Scene, nudges: int) -> Result:
    """One burst of as many messages as the product has nudges."""
    files = _share_out(scene, nudges)
    with idle_senders(
        scene, [["tests.benchmarks.ceiling", scene.concurrency, f] for f in files]
    ) as roles:
        watch = Watch.begin(scene, roles)
        due = let_go(roles.values())
        scene.wait_for_arrivals(nudges, due)
        for process in roles.values():
            process.wait_for_line("^done", timeout=60)
        return watch.end("ceiling", nudges, due)


def _share_out(scene: Scene, nudges: int) -> list[Path]:
    """Write each process's messages into a file."""
    messages = [(scene.channel_url(f"/ceiling/{number}"), body()) for number in range(nudges)]
    files = [scene.folder / f"ceiling-{number}.json" for number in range(scene.processes)]
    for number, file in enumerate(files):
        file.write_text(json.dumps(messages[number :: scene.processes]))
    return files


def main() -> None:
    from gevent import monkey

    monkey.patch_all()
    from gevent.pool import Pool

    from troth.delivery.outcome import Message

    concurrency, file = int(sys.argv[1]), Path(sys.argv[2])
    given = json.loads(file.read_text())
    waiting = deque(Message(url, TITLE, text, 0, 0) for url, text in given)
    courier = _courier()
    _say("ready")
    sys.stdin.read()
    pool = Pool(concurrency)
    for _ in range(min(concurrency, len(waiting))):
        pool.spawn(_send_all, courier, waiting)
    pool.join()
    _say("done")
    time.sleep(600)  # until it was looked at, and is killed


def _send_all(courier: Any, waiting: "deque[Any]") -> None:
    while waiting:
        courier.send(waiting.popleft())


def _courier() -> Any:
    from troth.delivery.courier import Courier, is_channel_url

    is_channel_url("json://127.0.0.1")  # loads the plugins, as a worker has long done
    keeps = "keep_connections" in inspect.signature(Courier).parameters
    return Courier(lambda *_: None, **({"keep_connections": True} if keeps else {}))


def _say(what: str) -> None:
    print(what, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
