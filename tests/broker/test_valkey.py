"""Valkey stands in Redis' place: the doorbell rings through it (limits: test_provider_limits)."""

import pytest
import redis

from tests.support.servers import Valkey
from troth.broker.redis import check_redis
from troth.errors import TrothError
from troth.store.claims import Claim
from troth.workers import DramatiqBell


class OpenValkey(Valkey):
    password = ""


def test_what_is_called_valkey_here_is_one_and_is_used(valkey_url: str):
    with redis.Redis.from_url(valkey_url) as client:
        assert client.info("server")["server_name"] == "valkey"
    check_redis(valkey_url)


def test_an_open_valkey_is_refused():
    with OpenValkey.running() as server, pytest.raises(TrothError, match="lets anybody in"):
        check_redis(server.url)


def test_every_ring_over_valkey_is_heard_once(valkey_url: str):
    rung = [(number, 1) for number in range(250)]
    heard: list[Claim] = []
    clock, hearing = (
        DramatiqBell(valkey_url, lambda _: None),
        DramatiqBell(valkey_url, heard.extend),
    )
    clock.ring(rung)
    assert clock.unheard() > 1
    worker = hearing.worker(idle_ms=10)
    worker.start()
    hearing._broker.join("nudges", timeout=20_000)
    worker.stop()
    assert clock.unheard() == 0
    assert sorted(heard) == rung
    clock.close()
    hearing.close()
