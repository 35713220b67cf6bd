"""A machine that can be lost with all that is on it, and what comes up in its place."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import make_url, text

from tests.faults.home import Home
from tests.support.key import KEY
from tests.support.processes import TROTH
from troth.bootstrap import open_store
from troth.settings import load_settings


class Machine(Home):
    """A home whose store lies where a test says, and whose secret key is in a file."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        super().__init__(stack, folder, folder)
        self._stack = stack
        (folder / "data.key").write_text(KEY)
        del self._env["TROTH_SECRET_KEY"]

    def at(self, url: str) -> None:
        """Let everything from now on go by this database; it may be empty."""
        self.store.db.close()
        self._env["TROTH_DATABASE_URL"] = url

    def open(self) -> None:
        """Open the store, as the service does."""
        settings = load_settings(database_url=self._env["TROTH_DATABASE_URL"], secret_key=KEY)
        self.store = open_store(settings, migrate=True)
        self._stack.callback(self.store.db.close)

    def run(self, *words: str) -> None:
        """Run a command to its good end."""
        process = self._start(*TROTH, *words, **self._env)
        assert process.wait(60) == 0, process.output

    def lose(self) -> None:
        """Take away its service, its store and its key."""
        self.kill()
        db = self.store.db
        if db.is_sqlite:
            db.close()
            for file in Path(str(make_url(self._env["TROTH_DATABASE_URL"]).database)).parent.glob(
                "*.db*"
            ):
                file.unlink()
        else:
            with db.writing() as conn:
                conn.execute(text("DROP SCHEMA public CASCADE"))
                conn.execute(text("CREATE SCHEMA public"))
            db.close()
        (self.folder / "data.key").unlink()
        shutil.rmtree(self.folder / "data", ignore_errors=True)


@contextmanager
def a_machine(folder: Path, url: str) -> Iterator[Machine]:
    """A machine over this database; its service does not run yet."""
    with ExitStack() as stack:
        machine = Machine(stack, folder)
        machine.at(url)
        machine.open()
        yield machine
