"""The first minute of a newcomer: `make up` runs exactly this."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.support.processes import Process

FORM = re.compile(r'action="(/r/[a-z2-7]+)">(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'name="(form|back)" value="(\w+)"')


@pytest.fixture
def demo(start_troth: Callable[..., Process], free_port: int) -> Iterator[httpx.Client]:
    process = start_troth("up", "--demo", TROTH_PORT=str(free_port), TROTH_SECRET_KEY="")
    where = process.wait_for_line(r"http://127\.0\.0\.1:\d+", timeout=60)
    with httpx.Client(base_url=where[0], timeout=10) as client:
        process.wait_until(lambda: len(_forms(client)) >= 2, "a nudge for both", timeout=75)
        yield client
    assert process.terminate() == 0, process.output


def _forms(client: httpx.Client) -> list[tuple[str, dict[str, Any]]]:
    """Every answer form that stands on the page of both inboxes, with its hidden fields."""
    page = client.get("/").text
    return [(action, dict(HIDDEN.findall(body))) for action, body in FORM.findall(page)]


def test_within_a_minute_both_are_nudged_and_one_tap_each_moves_the_score(
    demo: httpx.Client,
) -> None:
    assert "0 of 5" in demo.get("/score").text
    for action, hidden in _forms(demo):
        answered = demo.post(action, data={**hidden, "verb": "done"}, follow_redirects=True)
        assert answered.status_code == httpx.codes.OK
    assert "1 of 5" in demo.get("/score").text
