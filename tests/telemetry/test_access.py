"""/metrics answers programs of this machine, and who brings the token; nobody else."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tests.support.house import House, house_in
from tests.telemetry.scraped import scrape
from troth.web.app import create_app

TOKEN = "a-token-of-the-tests"
HERE = ("127.0.0.1", 40_000)
ELSEWHERE = ("192.0.2.7", 40_000)
THROUGH_A_PROXY = ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-IP")


@pytest.fixture(scope="module", params=[None, TOKEN], ids=["no-token", "token"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    with house_in(tmp_path_factory.mktemp("house"), metrics_token=request.param) as house:
        yield house


def test_pages_with_a_public_address_want_the_token_of_all(tmp_path: Path):
    """A proxy that says nothing of itself looks like a program of this machine."""
    with house_in(tmp_path, metrics_token=TOKEN, public_url="https://troth.example.org") as public:
        assert ask(public, HERE) == 404
        assert ask(public, HERE, Authorization=f"Bearer {TOKEN}") == 200


def ask(house: House, peer: tuple[str, int], host: str = "localhost", **headers: str) -> int:
    """Ask from an address that is not this machine's, as far as the service can tell."""
    return asyncio.run(_ask(create_app(house.store), peer, {"Host": host, **headers}))


async def _ask(app: FastAPI, peer: tuple[str, int], headers: dict[str, str]) -> int:
    transport = httpx.ASGITransport(app, client=peer)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return (await client.get("/metrics", headers=headers)).status_code


@pytest.mark.parametrize("host", ["localhost:8787", "127.0.0.1", "[::1]:80"])
def test_a_program_of_this_machine_is_answered(house: House, host: str):
    assert ask(house, HERE, host) == 200
    assert ask(house, ("::1", 40_000), host) == 200


def test_who_asks_from_elsewhere_learns_not_even_that_it_is_there(house: House):
    assert ask(house, ELSEWHERE) == 404
    assert ask(house, ELSEWHERE, Authorization="Bearer") == 404
    assert ask(house, ELSEWHERE, Authorization="Bearer None") == 404
    assert ask(house, ELSEWHERE, Authorization=f"Bearer {TOKEN}x") == 404
    assert ask(house, ELSEWHERE, Authorization=f"Basic {TOKEN}") == 404


@pytest.mark.parametrize("header", THROUGH_A_PROXY)
def test_who_comes_through_a_proxy_of_this_machine_is_from_elsewhere(house: House, header: str):
    assert ask(house, HERE, **{header: "127.0.0.1"}) == 404


def test_a_page_elsewhere_cannot_read_by_a_browser_of_this_machine(house: House):
    assert ask(house, HERE, "rebound.example.org") == 404
    assert ask(house, HERE, "[") == 404


def test_the_token_opens_from_anywhere(house: House):
    expected = 200 if house.store.settings.metrics_token else 404
    assert ask(house, ELSEWHERE, "troth.test", Authorization=f"Bearer {TOKEN}") == expected
    proxied = {"X-Forwarded-For": "192.0.2.7", "Authorization": f"Bearer {TOKEN}"}
    assert ask(house, HERE, "troth.test", **proxied) == expected


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    with house_in(tmp_path) as house, house.serving() as address:
        yield address


def test_the_pages_are_scraped_where_they_are_served(served: str):
    told = scrape(served)
    assert told("troth_database_up") == 1
    assert told("process_resident_memory_bytes") > 0
    assert httpx.get(f"{served}/metrics", headers={"X-Forwarded-For": "1.2.3.4"}).status_code == 404
    assert httpx.post(f"{served}/metrics").status_code == 405
