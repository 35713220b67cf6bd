"""backup: a whole store kept elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from troth.archive.manifest import Manifest
from troth.archive.reading import verify as verify_file
from troth.archive.sealing import BackupKeys, Writer, new_key
from troth.archive.writing import head_of, new_file, write
from troth.bootstrap import Store, open_store
from troth.cli.output import AsJson, out, print_json
from troth.cli.whole_store import KeyFile, keys_given, progress, say
from troth.errors import TrothError
from troth.settings import load_settings
from troth.store.keyfile import key_from_file

STDOUT = Path("-")


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("backup")(backup)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; - is standard output.")],
    *,
    key_file: KeyFile = None,
    with_secret_key: Annotated[
        bool, typer.Option("--with-secret-key", help="Put the secret key into it, too.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Check all of a backup instead; change nothing.")
    ] = False,
    make_key: Annotated[
        bool, typer.Option("--new-key", help="Make a key to backups instead, in FILE.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the whole store, as it is now, into one sealed file; the service may go on."""
    if verify and make_key:
        raise typer.BadParameter("give either --verify or --new-key, not both")
    if make_key:
        _make_key(file, as_json=as_json)
        return
    settings = load_settings()
    keys = keys_given(settings, key_file)
    if verify:
        say(f"{file} is whole", verify_file(file, keys), as_json=as_json)
        return
    store = open_store(settings, migrate=False)
    try:
        manifest = _write(store, keys, file, force=force, with_secret_key=with_secret_key)
    finally:
        store.db.close()
    _say_written(store, file, manifest, as_json=as_json)


def _make_key(file: Path, *, as_json: bool) -> None:
    public = new_key(file)
    if as_json:
        print_json({"file": str(file), "public_key": public})
        return
    out.print(f"{file} opens every backup that this seals: {public}")
    out.print("Set TROTH_BACKUP_KEY to that, and keep the file away from this machine")


def _write(
    store: Store, keys: BackupKeys, file: Path, *, force: bool, with_secret_key: bool
) -> Manifest:
    secret = _secret_key(store) if with_secret_key else None
    head = head_of(store.db, store.vault, store.clock.now(), secret)
    with _into(file, force=force) as into, progress() as told:
        return write(store.db, head, keys, into, told)


@contextmanager
def _into(file: Path, *, force: bool) -> Iterator[Writer]:
    if file != STDOUT:
        with new_file(file, replace=force) as stream:
            yield stream
        return
    if sys.stdout.isatty():
        raise TrothError("a backup is not for a terminal; name a file, or a pipe for it")
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


def _secret_key(store: Store) -> str:
    settings = store.settings
    return settings.secret_key or key_from_file(settings.key_file, store.db)


def _say_written(store: Store, file: Path, manifest: Manifest, *, as_json: bool) -> None:
    if file == STDOUT:
        return
    say(f"{file} is written", manifest, as_json=as_json)
    if not as_json and manifest.head.secret_key is None:
        given = store.settings.secret_key is not None
        key = "TROTH_SECRET_KEY" if given else store.settings.key_file
        out.print(f"It is of use only with the secret key, which is not in it: keep {key}, too")
