"""Redis behind sentinels: its address is read, whoever they name is checked, mistakes are named."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.sentinels import RedisWithSentinels, SentinelServer
from tests.support.servers import Redis
from troth.broker import sentinel_address
from troth.broker.redis import check_redis, connect, open_sentinels
from troth.errors import TrothError

FULL = "rediss+sentinel://:p%40ss@one,[::1]:26380/troth/3?sentinel_password=theirs&ssl_ca_certs=/ca"


@pytest.fixture(scope="module")
def redises() -> Iterator[RedisWithSentinels]:
    with ExitStack() as stack:
        yield RedisWithSentinels(stack)


def test_the_address_of_sentinels_is_read():
    address = sentinel_address.read(FULL)
    assert address.sentinels == (("one", 26_379), ("::1", 26_380))
    assert address.name == "troth"
    assert address.primary.items() >= {"password": "p@ss", "db": 3, "ssl": True}.items()
    assert address.sentinel.items() >= {"password": "theirs", "ssl_ca_certs": "/ca"}.items()
    assert "sentinel_password" not in address.primary


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("redis+sentinel://:secret@one:26379", "name by which they know the primary"),
        ("redis+sentinel://:secret\u2100@one/troth", "before the @"),
        ("redis+sentinel://:secret@one:99999/troth", "no HOST:PORT"),
        ("redis+sentinel://:secret@one,/troth", "no HOST:PORT"),
        ("redis+sentinel://:secret@one/troth?db=first", "'db'"),
        ("redis+sentinel://:secret@one/troth?no_such_option=1", "option is unknown"),
    ],
)
def test_what_is_no_address_of_sentinels_is_named(url: str, cause: str):
    with pytest.raises(TrothError, match=cause) as raised:
        check_redis(url)
    assert "secret" not in str(raised.value)


def test_the_primary_that_sentinels_name_is_used(redises: RedisWithSentinels):
    check_redis(redises.url)
    assert not open_sentinels(redises.url)
    with connect(redises.url) as client:
        client.set("doorbell", "rung")
        assert client.get("doorbell") == b"rung"


def test_each_mistake_about_sentinels_is_told_by_itself(
    redises: RedisWithSentinels, free_port: int
):
    for url, cause in (
        (redises.url.replace(Redis.password, "wrong"), "refuse the password"),
        (redises.url.replace(SentinelServer.password, "wrong"), "sentinel_password"),
        (redises.url.replace("/troth?", "/another?"), "'another'"),
        (f"redis+sentinel://:secret@127.0.0.1:{free_port}/troth", "no sentinel"),
    ):
        with pytest.raises(TrothError, match=cause):
            check_redis(url)
