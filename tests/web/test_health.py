"""Life, readiness and health: what is not well is told by stable ids, and nothing else is."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from tests.support.house import House
from troth.bootstrap import Store
from troth.engine.unwell import ALL
from troth.store import marks
from troth.store.database import Database
from troth.store.vault import Vault
from troth.web import health


def ask(store: Store, path: str, **how: Any) -> tuple[int, list[str]]:
    """Ask a role that serves nothing else: the status, and the ids of the reasons."""
    app = FastAPI()
    app.include_router(health.router(store, **how))

    async def get() -> httpx.Response:
        way = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=way, base_url="http://troth") as client:
            return await client.get(path)

    answer = asyncio.run(get())
    reasons = answer.json().get("reasons", [])
    known = [{"id": each.id, "reason": each.reason, "mend": each.mend} for each in ALL]
    assert all(reason in known for reason in reasons)  # word for word: nothing of anybody is in it
    return answer.status_code, [reason["id"] for reason in reasons]


def set_revision(house: House, revision: str) -> None:
    with house.store.db.writing() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
        marks.say_oldest_served(conn, revision)


def test_all_is_well_with_a_house_that_works(web: httpx.Client):
    for path in ("/livez", "/readyz", "/healthz"):
        answer = web.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("revision", "reason"), [("9999", "schema-newer"), ("0001", "schema-behind")]
)
def test_a_schema_of_another_troth_is_not_ready(
    house: House, web: httpx.Client, revision: str, reason: str
):
    set_revision(house, revision)
    answer = web.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "not ready"
    assert [each["id"] for each in answer.json()["reasons"]] == [reason]
    assert web.get("/healthz").status_code == 503
    assert web.get("/livez").status_code == 200


def test_another_key_is_not_ready(house: House):
    store = replace(house.store, vault=Vault("x" * 40))
    assert ask(store, "/readyz") == (503, ["key-unfit"])


def test_a_database_that_is_gone_is_not_ready(house: House, tmp_path: Any):
    gone = Database(f"sqlite:///{tmp_path / 'nowhere' / 'troth.db'}")
    assert ask(replace(house.store, db=gone), "/readyz") == (503, ["database-unreachable"])


def test_a_doorbell_that_is_gone_stops_who_rings_and_not_the_pages(house: House, free_port: int):
    there = {"redis_url": f"redis://:hunter2@127.0.0.1:{free_port}/0"}
    store = replace(house.store, settings=house.store.settings.model_copy(update=there))
    assert ask(store, "/readyz") == (503, ["doorbell-unreachable"])
    assert ask(store, "/readyz", rings=False) == (200, [])
    assert ask(store, "/healthz", rings=False) == (503, ["doorbell-unreachable"])


def test_a_doorbell_that_answers_is_ready(house: House, redis_url: str):
    there = {"redis_url": redis_url}
    store = replace(house.store, settings=house.store.settings.model_copy(update=there))
    assert ask(store, "/readyz") == (200, [])


def test_pages_that_work_stay_alive_and_ready_while_everything_is_late(
    house: House, web: httpx.Client
):
    house.clock.wind(timedelta(days=1))
    answer = web.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "not well")
    assert [each["id"] for each in answer.json()["reasons"]] == ["clock-late"]
    assert web.get("/livez").status_code == web.get("/readyz").status_code == 200
