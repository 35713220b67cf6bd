"""A database that hangs: who asks whether all is well is told so in time, and piles nothing up."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.support.house import House
from tests.support.process_family import signal_family
from tests.support.servers import PostgreSQL
from troth.readiness import PATIENCE
from troth.store import schema
from troth.store.database import Database

PROBES = 12


def test_a_database_that_hangs_holds_up_no_probe_and_piles_up_no_threads(tmp_path: Path):
    with PostgreSQL.running() as server, server.database() as url:
        database = Database(url)
        schema.migrate(database)
        database.close()
        house = House(tmp_path, database_url=url)
        with house.serving() as address, httpx.Client(base_url=address) as web:
            assert web.get("/readyz").status_code == 200
            threads = threading.active_count()
            assert server._process is not None
            signal_family(server._process.pid, signal.SIGSTOP)
            try:
                began = time.monotonic()
                with ThreadPoolExecutor(PROBES) as probes:
                    asked = [probes.submit(httpx.get, f"{address}/readyz") for _ in range(PROBES)]
                    told = [each.result() for each in asked]
                assert time.monotonic() - began < 2 * PATIENCE
                assert web.get("/livez").status_code == 200
                assert threading.active_count() <= threads + 1
            finally:
                signal_family(server._process.pid, signal.SIGCONT)
            assert {each.status_code for each in told} == {503}
            assert {each.json()["reasons"][0]["id"] for each in told} == {"database-unreachable"}
            server._process.wait_until(
                lambda: web.get("/readyz").status_code == 200, "readiness when it goes on"
            )
        house.close()
