"""The release before this one: its wheel, unpacked, and its roles beside those of this checkout."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from alembic.migration import MigrationContext

from tests.faults.cluster import Cluster
from tests.support.processes import TROTH, Process
from tests.support.servers import PostgreSQL, Redis
from troth.bootstrap import Store
from troth.clock import SystemClock
from troth.schedules.languages import load_languages
from troth.settings import Settings
from troth.store import schema
from troth.store.database import Database
from troth.store.vault import Vault

RELEASES = Path(__file__).parent / "releases"
OLD = "-old"  # how the roles of the former release are named: `worker-old`


def former_release() -> Path:
    """The wheel of the newest release whose schema is older than this checkout's."""
    head = schema.head() or ""
    older = (wheel for wheel in RELEASES.glob("*/*.whl") if wheel.parent.name < head)
    return max(older, key=lambda wheel: wheel.parent.name)


class Upgraded(Cluster):
    """A cluster that the former release has set up, and that is upgraded while it works."""

    def __init__(
        self, stack: ExitStack, folder: Path, postgresql: PostgreSQL, redis: Redis
    ) -> None:
        self.began: dict[str, Process] = {}  # every role that ever was
        self._former = folder / "former"
        zipfile.ZipFile(former_release()).extractall(self._former)
        super().__init__(stack, folder, postgresql, redis)
        self.run("migrate", old=True)
        assert self.revision() == former_release().parent.name, "it was not the former release"

    def _open(self, settings: Settings) -> Store:
        """Without a look at the schema, which this code knows only once it is migrated."""
        assert settings.secret_key is not None
        db = Database(settings.store_url)
        return Store(settings, db, Vault(settings.secret_key), SystemClock(), load_languages())

    def start(self, role: str, skew: float | None = None) -> Process:
        """Start a role; one whose name ends in `-old` is of the former release."""
        env = dict(self.env)
        self.env |= self._of_former() if role.endswith(OLD) else {}
        self.began[role] = super().start(role, skew)
        self.env = env
        return self.began[role]

    def run(self, *command: str, old: bool = False) -> str:
        """Run a command of either release to its end; return what it said."""
        process = self._start(*TROTH, *command, **self.env, **(self._of_former() if old else {}))
        assert process.wait(timeout=60) == 0, process.output
        return process.output

    def revision(self) -> str | None:
        """The schema's, as it stands."""
        with self.store.db.reading() as conn:
            return MigrationContext.configure(conn).get_current_revision()

    def apply_as_before(self, folder: Path) -> None:
        self.run("apply", str(folder), old=True)

    def rest(self, role: str) -> None:
        """Stop a role in a moment in which it holds nothing."""
        busy = "application_name = %s AND state <> 'idle'"
        self.stop(role)
        while self._connections(busy, role):
            self.go_on(role)
            self.stop(role)

    def errors(self, role: str) -> list[str]:
        """What a role logged as an error; or said in no line of its log."""
        lines = (line for line in self.began[role].output.splitlines() if line.strip())
        return [line for line in lines if _level(line) not in ("debug", "info", "warning")]

    def _of_former(self) -> dict[str, str]:
        return {"PYTHONPATH": str(self._former)}


def _level(line: str) -> str:
    try:
        return str(json.loads(line)["level"])
    except (ValueError, KeyError, TypeError):
        return "none"


@contextmanager
def upgraded(folder: Path, postgresql: PostgreSQL, redis: Redis) -> Iterator[Upgraded]:
    """A cluster on the former release's schema, in which nothing runs yet."""
    with ExitStack() as stack:
        yield Upgraded(stack, folder, postgresql, redis)
