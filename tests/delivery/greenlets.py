"""A worker of greenlets against a provider: run by test_greenlets.py in a process of its own."""

from gevent import monkey  # it has no types

monkey.patch_all()

import json  # noqa: E402 - everything else is imported after the patch, as in a worker
import sys  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402

from troth.delivery.courier import Courier  # noqa: E402
from troth.delivery.outcome import Message, Outcome  # noqa: E402

COUNT = 200
STATUSES = (200, 404, 429)


def main() -> None:
    heard: list[tuple[str, str, str | None]] = []
    callers = set()

    def answer(environ: dict[str, Any], start: Any) -> list[bytes]:
        path, cookie = environ["PATH_INFO"], environ.get("HTTP_COOKIE")
        heard.append((path, environ.get("HTTP_AUTHORIZATION", ""), cookie))
        callers.add(environ["REMOTE_PORT"])
        gevent.sleep(0.05)  # so that all are under way at once
        status = STATUSES[int(path.strip("/")) % len(STATUSES)]
        headers = [("Set-Cookie", f"who={path}"), ("Retry-After", path.strip("/"))]
        start(f"{status} Said", [*headers, ("Content-Length", "0")])
        return [b""]

    server = WSGIServer(("127.0.0.1", 0), answer, log=None)
    server.start()
    courier = Courier(lambda *_letter: None)

    def send(number: int) -> Outcome:
        url = f"json://u{number}:p@127.0.0.1:{server.server_port}/{number}"
        return courier.send(Message(url, "Coffee", "Two cups?", number, 1))

    outcomes = []
    for _ in range(2):
        sends = [gevent.spawn(send, number) for number in range(COUNT)]
        gevent.joinall(sends, timeout=60)
        outcomes += [repr(one.value) for one in sends]
    json.dump({"outcomes": outcomes, "heard": heard, "callers": len(callers)}, sys.stdout)


main()
