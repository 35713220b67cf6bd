"""Redis and its sentinels over TLS: used where the certificate is right, else refused with why."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.authority import Authority
from tests.support.doctor import doorbell
from tests.support.papers import Papers
from tests.support.programs import find
from tests.support.sentinels import RedisWithSentinels
from tests.support.servers import Redis
from troth.broker.redis import connect
from troth.engine.findings import Health


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Authority(tmp_path_factory.mktemp("stranger")).file


@pytest.fixture(scope="module")
def redises(authority: Authority) -> Iterator[RedisWithSentinels]:
    find("redis-sentinel", "redis-sentinel")  # a Redis that came without it may know no TLS
    with ExitStack() as stack:
        yield RedisWithSentinels(stack, Papers.of(authority), alone=True)


def test_redis_and_sentinels_are_used_by_who_trusts_their_authority(redises: RedisWithSentinels):
    for url in (redises.members[0].url, redises.url):
        assert doorbell(redis_url=url).health is Health.GOOD
        with connect(url) as client:
            client.set("doorbell", "rung")
            assert client.get("doorbell") == b"rung"


def test_each_flaw_of_their_tls_is_told_with_its_mend(
    redises: RedisWithSentinels, authority: Authority, stranger: Path
):
    ours = str(authority.file)
    for url, who in (
        (redises.members[0].url, "Redis (TROTH_REDIS_URL)"),
        (redises.url, "the sentinel at"),
    ):
        for broken, cause, mend in (
            (url.replace(ours, str(stranger)), "nobody whom Troth trusts", "ssl_ca_certs"),
            (url.replace("127.0.0.1", "localhost"), "another name", "stands in the certificate"),
            (url.replace(ours, "/not/there"), "can't be read", "ssl_ca_certs"),
        ):
            told = doorbell(redis_url=broken)
            assert (told.health, told.id) == (Health.BAD, "doorbell-unreachable")
            assert told.text.startswith(who) or "can't be read" in told.text
            assert cause in told.text
            assert mend in told.text
            assert Redis.password not in told.text


def test_a_primary_with_a_certificate_for_another_name_is_not_used(authority: Authority):
    find("redis-sentinel", "redis-sentinel")
    with ExitStack() as stack:
        right, wrong = Papers.of(authority), Papers.of(authority, "127.0.0.5")
        told = doorbell(redis_url=RedisWithSentinels(stack, right, wrong, alone=True).url)
    assert told.health is Health.BAD
    assert "the sentinels (TROTH_REDIS_URL) name shows a certificate for another name" in told.text
