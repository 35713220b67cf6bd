"""deploy/compose.yaml, as Compose itself reads it: what starts, who reaches whom, what is asked."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copy, which
from typing import Any

import pytest
import redis
import yaml
from typer.main import get_command

from tests.deploy.reading import DEPLOY, compose_program, strange_settings, variables
from tests.support.processes import Process
from troth.cli.main import app
from troth.processes.roles import STOP_SECONDS
from troth.settings import Settings

FILE = DEPLOY / "compose.yaml"
ROLES = {"clock", "worker", "inbox", "web", "migrate"}
NEEDED = {
    "POSTGRES_PASSWORD": "of-the-database",
    "REDIS_PASSWORD": "of-redis",
    "TROTH_SECRET_KEY": "of-all-that-is-sealed",
    "TROTH_PUBLIC_URL": "https://troth.example.org",
}


def _composed(folder: Path, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What `config` of Compose says, with these lines in .env."""
    copy(FILE, folder)
    lines = [f"{name}={value}" for name, value in given.items()]
    (folder / ".env").write_text("\n".join(["COMPOSE_PROJECT_NAME=troth", *lines, ""]))
    command = [*compose_program(), "config"]
    return subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every service, with all that is anchored and left out filled in."""
    done = _composed(tmp_path_factory.mktemp("compose"), NEEDED)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = yaml.safe_load(done.stdout)["services"]
    return found


def test_it_is_what_the_specification_of_compose_allows() -> None:
    program = Path(sys.executable).with_name("check-jsonschema")
    command = [str(program), "--builtin-schema", "vendor.compose-spec", str(FILE)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_what_is_needed_and_not_given_is_named(tmp_path: Path) -> None:
    done = _composed(tmp_path, {**NEEDED, "REDIS_PASSWORD": ""})
    assert done.returncode != 0
    assert "REDIS_PASSWORD" in done.stderr
    assert "give it in .env, see .env.example" in done.stderr
    for name in NEEDED:
        asked = set(re.findall(rf"(?<!\$)\$\{{{name}([^}}]*)\}}", FILE.read_text()))
        assert asked == {":?give it in .env, see .env.example"}, name


def test_what_is_needed_stands_empty_in_the_example_and_the_rest_is_commented_out() -> None:
    example = (DEPLOY / ".env.example").read_text().splitlines()
    assert {line[:-1] for line in example if line.endswith("=")} == set(NEEDED)
    for name in variables(DEPLOY / ".env.example"):
        known = name.removeprefix("TROTH_").lower() in Settings.model_fields
        assert name in FILE.read_text() or name == "COMPOSE_PROJECT_NAME" or known, name


def test_every_role_runs_a_command_of_troth_with_settings_that_exist(
    services: dict[str, Any],
) -> None:
    assert set(services) == ROLES | {"database", "redis"}
    for name in ROLES:
        assert services[name]["command"] == [name]
        assert name in get_command(app).commands  # type: ignore[attr-defined]
        assert strange_settings(services[name]["environment"]) == []
    assert services["clock"]["deploy"]["replicas"] == 2


def test_every_check_asks_where_its_role_listens(services: dict[str, Any]) -> None:
    for name in ROLES - {"migrate"}:
        *_, url = services[name]["healthcheck"]["test"]
        watched = services[name]["environment"].get("TROTH_WATCH", "0.0.0.0:8787")
        assert url == f"http://127.0.0.1:{watched.partition(':')[2]}/readyz"


def test_nobody_has_rights_or_can_write_beside_the_volumes(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not service.get("privileged"), name


def test_only_the_web_is_reached_from_outside_and_the_stores_by_the_roles_alone(
    services: dict[str, Any],
) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["web"]
    assert "127.0.0.1" in str(services["web"]["ports"])
    for name in ("database", "redis"):
        assert list(services[name]["networks"]) == ["stores"]
    assert yaml.safe_load(FILE.read_text())["networks"]["stores"]["internal"] is True


def test_nothing_starts_before_what_it_needs(services: dict[str, Any]) -> None:
    assert list(services["migrate"]["depends_on"]) == ["database"]
    assert services["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"
    for name in ROLES - {"migrate"}:
        needs = {each: how["condition"] for each, how in services[name]["depends_on"].items()}
        assert needs == {"migrate": "service_completed_successfully", "redis": "service_healthy"}


def test_a_worker_is_given_the_time_that_its_sends_may_take(services: dict[str, Any]) -> None:
    assert _seconds(services["worker"]["stop_grace_period"]) > STOP_SECONDS


def test_redis_asks_for_its_password_and_keeps_it_to_itself(
    start_process: Callable[..., Process], free_port: int
) -> None:
    redis_service = yaml.safe_load(FILE.read_text())["services"]["redis"]
    (script,) = redis_service["command"]
    script = script.replace("$$", "$").replace("dir /tmp", f"port {free_port}\nbind 127.0.0.1")
    binaries = Path(sys.executable).parent
    path = f"{binaries}:/usr/bin:/bin" if which("redis-server") is None else "/usr/bin:/bin"
    server = start_process(
        *redis_service["entrypoint"], script, REDIS_PASSWORD="of-redis", PATH=path
    )
    server.wait_for_port(free_port)
    assert "of-redis" not in Path(f"/proc/{server.pid}/cmdline").read_text()
    with redis.Redis(port=free_port, password="of-redis") as friend:
        assert friend.ping()
    with redis.Redis(port=free_port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    assert server.terminate() == 0


def _seconds(text: str) -> int:
    """Of 240s or 4m0s, as Compose writes it."""
    minutes, _, rest = text.rpartition("m")
    return 60 * int(minutes or 0) + int(rest.removesuffix("s") or 0)
