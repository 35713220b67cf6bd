"""What every test may ask for: real servers, real processes, real files.

Servers start when the first test of a pytest worker asks for them, and end with that worker.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

from tests.support.authority import Authority
from tests.support.browser import find_browser
from tests.support.failures import name_at_once
from tests.support.folders import sweep
from tests.support.key import KEY
from tests.support.ports import free_port as find_free_port
from tests.support.processes import TROTH, Process, process_starter
from tests.support.servers import PostgreSQL, Redis, Valkey
from tests.support.skips import watch_in_ci
from troth.store import schema
from troth.store.database import Database

# An example that hangs is seen; one that a busy machine held up for a moment is no failure.
settings.register_profile(
    "suite", deadline=timedelta(seconds=5), suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    watch_in_ci(config)
    name_at_once(config)
    sweep()


@pytest.fixture(autouse=True)
def plain_tracebacks() -> None:
    """As the service has them: structlog's own take seconds, and show what locals hold.

    For each test anew, for one before it may have set up logs in its own way.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        logger_factory=structlog.PrintLoggerFactory(),
    )


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgreSQL]:
    with PostgreSQL.running() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgreSQL) -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL database."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The SQLAlchemy URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'troth.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database; the test runs once for each kind."""
    kind = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(kind)
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no row, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "troth.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgreSQL) -> Iterator[str]:
    """The name of a PostgreSQL database with every table and no row, to be copied."""
    with postgres_server.database() as url:
        migrate(url)
        name = make_url(url).database
        assert name is not None
        yield name


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with every table and no row; the test runs once for each kind."""
    if request.param == "sqlite":
        copy = tmp_path / "troth.db"
        shutil.copy(request.getfixturevalue("migrated_file"), copy)
        yield f"sqlite:///{copy}"
    else:
        template = request.getfixturevalue("migrated_postgres")
        with request.getfixturevalue("postgres_server").database(template) as url:
            yield url


def migrate(url: str) -> None:
    database = Database(url)
    schema.migrate(database)
    database.close()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    with Redis.running() as server:
        yield server


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """The URL, with password, of a Redis that holds nothing."""
    redis_server.flush()
    return redis_server.url


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[Valkey]:
    with Valkey.running() as server:
        yield server


@pytest.fixture
def valkey_url(valkey_server: Valkey) -> str:
    """The URL, with password, of a Valkey that holds nothing."""
    valkey_server.flush()
    return valkey_server.url


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The program of a real browser."""
    path = find_browser()
    if path is None:
        pytest.skip("no browser: install chromium")
    return path


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who gives certificates that nobody believes but those who know it."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def free_port() -> int:
    return find_free_port()


@pytest.fixture
def start_process() -> Iterator[Callable[..., Process]]:
    """Starts any command: `start_process("redis-cli", "ping", NAME="value")`."""
    with process_starter() as start:
        yield start


@pytest.fixture
def start_troth(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Starts `troth` from the checkout, with a data folder of the test's own.

    `start_troth("up", TROTH_PORT="8000")`; every process of one test shares the data folder.
    """
    settings = {
        "TROTH_DATA": str(tmp_path / "data"),
        "TROTH_SECRET_KEY": KEY,
    }
    with process_starter(settings) as start:
        yield lambda *arguments, **more: start(*TROTH, *arguments, **more)
