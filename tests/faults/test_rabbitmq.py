"""RabbitMQ over TLS as the doorbell, PgBouncer before the store: killed, and in the way."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.cluster import Cluster
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size
from tests.support.authority import Authority
from tests.support.doctor import doorbell
from tests.support.papers import Papers
from tests.support.pgbouncer import PgBouncer
from tests.support.rabbitmq import RabbitMQ
from troth.engine.findings import Health

pytestmark = pytest.mark.timeout(1_800 if FULL else 600)


class ScaledCluster(Cluster):
    """No Redis at all, and no role has a connection to PostgreSQL of its own."""

    roles = ("clock-1", "clock-2", "worker-1")

    def surroundings(self, stack: ExitStack, url: str) -> Mapping[str, str]:
        self.pooler = stack.enter_context(PgBouncer.before(url))
        self.authority, self.stranger = Authority(self.folder), Authority(self._made("stranger"))
        self.rabbitmq = stack.enter_context(RabbitMQ(Papers.of(self.authority)).started())
        return {
            "TROTH_DATABASE_URL": self.pooler.url,
            "TROTH_BROKER_URL": self.rabbitmq.secure_url(self.authority.file),
        }

    def _made(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        return folder


@pytest.fixture(scope="module")
def scaled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScaledCluster]:
    with ExitStack() as stack:
        cluster = ScaledCluster(stack, tmp_path_factory.mktemp("scaled"))
        cluster.start_all()
        yield cluster


def test_a_burst_through_a_pooler_sends_each_nudge_once(scaled: ScaledCluster):
    scaled.recover()
    with scaled.burst(size("pooled"), silent=True) as oracle:
        scaled.finish(oracle, "through a pooler in transaction mode")
    assert oracle.marked() == 0


def test_a_burst_outlives_its_rabbitmq(scaled: ScaledCluster):
    scaled.recover()
    scale = size("rabbitmq killed")
    scaled.sink.manners["kind"] = Manner(latency=0.2)
    with scaled.burst(scale, silent=True) as oracle:
        scaled.sink.wait_for(scale.nudges // 4, timeout=30)
        scaled.rabbitmq.kill()
        scaled.rabbitmq.start()
        scaled.finish(oracle, "RabbitMQ killed")
    assert oracle.marked() == 0


def test_a_rabbitmq_is_used_over_tls_by_who_trusts_its_authority(
    scaled: ScaledCluster, monkeypatch: pytest.MonkeyPatch
):
    server = scaled.rabbitmq
    secure = server.secure_url(scaled.authority.file)
    for url in (server.url, secure, f"{secure};{secure}"):
        assert doorbell(broker_url=url).health is Health.GOOD
    monkeypatch.setenv("SSL_CERT_FILE", str(scaled.authority.file))
    assert doorbell(broker_url=secure.partition("?")[0]).health is Health.GOOD


def test_each_flaw_of_its_tls_is_told_with_its_mend(scaled: ScaledCluster):
    server, ours, stranger = scaled.rabbitmq, scaled.authority.file, scaled.stranger.file
    plain = server.secure_url(ours).replace(str(server.secure_port), str(server.port))
    for url, cause, mend in (
        (server.secure_url(stranger), "nobody whom Troth trusts", "ssl_options"),
        (server.secure_url(ours).partition("?")[0], "nobody whom Troth trusts", "SSL_CERT_FILE"),
        (server.secure_url(ours, "localhost"), "for another name", "stands in the certificate"),
        (plain, "does not speak TLS", "check the port"),
    ):
        told = doorbell(broker_url=url)
        assert (told.health, told.id) == (Health.BAD, "doorbell-unreachable")
        assert cause in told.text
        assert mend in told.text
        assert server.login.partition(":")[2] not in told.text
