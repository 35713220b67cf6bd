"""Health and readiness."""

import httpx
from sqlalchemy import text

from tests.support.house import House


def test_the_process_says_that_it_is_up(web: httpx.Client) -> None:
    answer = web.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_is_a_database_with_the_schema_of_this_code(house: House, web: httpx.Client) -> None:
    assert web.get("/readyz").status_code == 200
    with house.store.db.writing() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    answer = web.get("/readyz")
    assert answer.status_code == 503
    assert "troth doctor" in answer.json()["reason"]
    assert web.get("/healthz").status_code == 200
