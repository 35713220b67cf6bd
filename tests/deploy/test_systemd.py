"""The units under a real systemd: ready when it works, started anew when it dies or hangs."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import func, select

from tests.deploy.machine import Machine, booted
from tests.deploy.test_command import numbered, read
from tests.faults import roles
from tests.faults.sink import Manner, Sink
from tests.faults.sizes import FULL, Size
from tests.faults.watched import Watched
from tests.support.key import KEY
from tests.support.ports import answers, free_port
from tests.support.servers import PostgreSQL, Redis
from troth.bootstrap import open_store
from troth.domain.states import NudgeState
from troth.settings import load_settings
from troth.store.tables import nudges

UNIT = "troth.service"
HASTE = "RestartSec=100ms\nWatchdogSec=3s"  # in place of seconds and minutes
PRINTS = "[Service]\nType=oneshot\nEnvironmentFile=/opt/out/secrets\nExecStart=env -0\n"
BURST = Size(50, 5) if FULL else Size(4, 3)
INSTALL = ("/opt/checkout/deploy/install.sh", "--python-env", "/opt/venv")

pytestmark = pytest.mark.timeout(900 if FULL else 300)


class Installed(Watched):
    """Troth on a machine, installed as docs/systemd.md says, over a store that the test sees."""

    def __init__(self, stack: ExitStack, machine: Machine, database_url: str, **env: str) -> None:
        self.folder, self.machine = machine.folder, machine
        self.processes = {"machine": machine.process}
        self.sink = stack.enter_context(Sink().switched_on())
        port = free_port()
        self.pages = [f"http://127.0.0.1:{port}"]
        secrets = {
            "TROTH_SECRET_KEY": KEY,
            "TROTH_PORT": str(port),
            "TROTH_PUBLIC_URL": "http://troth.test",
            **roles.SETTINGS,
            **env,
        }
        lines = "".join(f"{name}={value}\n" for name, value in secrets.items())
        (machine.folder / "out" / "secrets").write_text(lines)
        machine.run("cp", "/opt/out/secrets", "/etc/troth/troth.env")
        settings = load_settings(database_url=database_url, secret_key=KEY)
        self.store = open_store(settings, migrate=True)
        stack.callback(self.store.db.close)

    def serve_pages(self) -> str:
        """Let a web of a cluster serve the pages; return its unit."""
        unit = f"troth-web@{self.pages[0].rpartition(':')[2]}"
        self.machine.run("systemctl", "disable", "troth-web@8787", "troth-web@8788")
        self.machine.run("systemctl", "enable", unit)
        return unit

    def recorded(self) -> int:
        """How many sends are written down."""
        query = select(func.count()).select_from(nudges).where(nudges.c.state == NudgeState.SENT)
        with self.store.db.reading() as conn:
            return int(conn.execute(query).scalar_one())

    def wait_for_restart(self, unit: str, before: str) -> None:
        self.machine.process.wait_until(
            lambda: (
                self.machine.show(unit, "NRestarts") != before
                and self.machine.show(unit, "ActiveState") == "active"
            ),
            f"restart of {unit}",
            timeout=60,
        )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """One machine with the embedded service, started once: that takes most of the time."""
    with ExitStack() as stack:
        machine = stack.enter_context(booted(tmp_path_factory.mktemp("machine"), HASTE))
        machine.run(*INSTALL)
        file = machine.state / "troth.db"
        machine.run("chown", "troth:", "/var/lib/troth")
        yield Installed(stack, machine, f"sqlite:///{file}")


@pytest.fixture
def running(home: Installed) -> Installed:
    home.machine.run("chown", "-R", "troth:", "/var/lib/troth")  # the test opened it first
    home.machine.run("systemctl", "start", UNIT)
    home.sink.forget()
    return home


def test_the_service_is_active_once_it_listens_and_its_clock_goes(running: Installed):
    assert running.machine.show(UNIT, "ActiveState") == "active"
    assert answers(int(running.pages[0].rpartition(":")[2]))
    assert running.machine.show(UNIT, "StatusText") == "at work"
    first = running.machine.show(UNIT, "WatchdogTimestampMonotonic")
    running.machine.process.wait_until(
        lambda: running.machine.show(UNIT, "WatchdogTimestampMonotonic") != first, "beat"
    )


def test_systemd_means_by_a_file_of_secrets_what_the_command_means(home: Installed):
    text, means = numbered()
    out = home.folder / "out"
    (out / "secrets").write_bytes(text.encode())
    (out / "unit").write_text(PRINTS)
    home.machine.run("cp", "/opt/out/unit", "/etc/systemd/system/prints.service")
    home.machine.run("systemctl", "daemon-reload")
    home.machine.run("systemctl", "start", "prints.service")
    assert read((out / "prints").read_bytes()) == means


def test_a_service_that_is_killed_is_started_anew_and_loses_nothing(running: Installed):
    running.sink.manners["kind"] = Manner(latency=0.2)
    with running.burst(BURST) as oracle:
        hit(running, "KILL")
        running.finish(oracle, "killed under systemd")
    assert oracle.marked() <= 8  # those in the hands of its threads


def test_a_service_that_hangs_is_started_anew_and_loses_nothing(running: Installed):
    running.sink.manners["kind"] = Manner(latency=0.2)
    with running.burst(BURST) as oracle:
        hit(running, "STOP")
        running.finish(oracle, "hung under systemd")


def test_a_service_that_is_stopped_finishes_the_sends_in_hand(running: Installed):
    running.sink.manners["kind"] = Manner(latency=1.0)
    with running.burst(BURST, silent=True) as oracle:
        recorded = running.recorded()
        assert running.sink.wait_for(4, timeout=30)
        running.machine.run("systemctl", "stop", UNIT)
        assert running.machine.show(UNIT, "Result") == "success"
        assert running.recorded() - recorded == len(running.sink.arrivals)
        running.sink.manners.clear()
        running.machine.run("systemctl", "start", UNIT)
        running.finish(oracle, "stopped under systemd")
    assert oracle.marked() == 0


def hit(running: Installed, signal: str) -> None:
    """Hit the service in the midst of a burst; return when systemd has it at work again."""
    before = running.machine.show(UNIT, "NRestarts")
    assert running.sink.wait_for(BURST.nudges // 4, timeout=30)
    running.machine.kill(UNIT, signal)
    running.wait_for_restart(UNIT, before)


CLUSTER = ("troth-clock@1", "troth-clock@2", "troth-worker", "troth-inbox")

if FULL:  # for so many processes take long to start

    @pytest.fixture(scope="module")
    def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
        """A machine with all roles of a cluster, over servers beside it."""
        with ExitStack() as stack:
            postgresql = stack.enter_context(PostgreSQL.running())
            postgresql.folder.chmod(0o711)  # for the service to reach the socket in it
            redis = stack.enter_context(Redis.running())
            url = stack.enter_context(postgresql.database())
            seen = f"{HASTE}\nBindReadOnlyPaths={postgresql.folder}"
            machine = stack.enter_context(booted(tmp_path_factory.mktemp("cluster"), seen))
            machine.run(*INSTALL, "--cluster")
            yield Installed(stack, machine, url, TROTH_DATABASE_URL=url, TROTH_REDIS_URL=redis.url)

    def test_a_cluster_starts_after_its_migration_and_outlives_the_killing_of_each(
        cluster: Installed,
    ):
        machine = cluster.machine
        web = cluster.serve_pages()
        machine.run("systemctl", "start", "troth.target", timeout=120)
        for unit in (*CLUSTER, web):
            machine.wait_for(unit, "ActiveState", "active")
        cluster.sink.manners["kind"] = Manner(latency=0.3)
        with cluster.burst(Size(50, 5)) as oracle:
            for share, unit in enumerate((*CLUSTER[:3], web), 1):
                before = machine.show(unit, "NRestarts")
                assert cluster.sink.wait_for(share * 90, timeout=120)
                machine.kill(unit, "KILL" if share % 2 else "STOP")
                cluster.wait_for_restart(unit, before)
            cluster.finish(oracle, "a cluster under systemd")

    def test_a_worker_that_is_stopped_finishes_the_sends_in_hand(cluster: Installed):
        machine, worker = cluster.machine, "troth-worker"
        cluster.sink.forget()
        cluster.sink.manners["kind"] = Manner(latency=4.0)  # longer than the watchdog's patience
        with cluster.burst(Size(20, 5), silent=True) as oracle:
            recorded = cluster.recorded()
            assert cluster.sink.wait_for(4, timeout=60)
            machine.run("systemctl", "stop", worker)
            assert machine.show(worker, "Result") == "success"
            assert cluster.recorded() - recorded == len(cluster.sink.arrivals)
            cluster.sink.manners.clear()
            machine.run("systemctl", "start", worker)
            cluster.finish(oracle, "a worker stopped under systemd")
        assert oracle.marked() == 0

    def test_to_install_again_restarts_what_runs_and_to_uninstall_stops_it(running: Installed):
        machine = running.machine
        before = machine.show(UNIT, "InvocationID")
        assert "restarting troth.service" in machine.run(*INSTALL)
        assert machine.show(UNIT, "ActiveState") == "active"
        assert machine.show(UNIT, "InvocationID") != before
        assert "couples" in machine.run("troth", "doctor")  # as the service's user, by sudo
        machine.run(INSTALL[0], "--uninstall")
        assert machine.show(UNIT, "LoadState") == "not-found"
        assert (machine.state / "troth.db").exists()
