"""backup, restore, move, release: a whole store kept elsewhere, brought back, or brought along."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from troth.archive.loading import refuse_filled
from troth.archive.manifest import Manifest
from troth.archive.moving import move as move_store
from troth.archive.moving import where
from troth.archive.reading import verify as verify_file
from troth.archive.restoring import check
from troth.archive.restoring import restore as restore_file
from troth.archive.rows import Progress, nobody
from troth.archive.sealing import BackupKeys, Writer, new_key, read_keys
from troth.archive.writing import head_of, new_file, write
from troth.bootstrap import Store, open_database, open_store
from troth.cli.output import AsJson, counted, out, print_json
from troth.clock import SystemClock
from troth.errors import TrothError
from troth.settings import Settings, load_settings
from troth.store import marks
from troth.store.database import Database
from troth.store.keyfile import key_from_file

STDOUT = Path("-")
KeyFile = Annotated[
    Path | None, typer.Option(help="A file of age keys, instead of TROTH_BACKUP_KEY.")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (backup, restore, move, release):
        app.command(command.__name__)(command)


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
    keys = _keys(settings, key_file)
    if verify:
        _say(f"{file} is whole", verify_file(file, keys), as_json=as_json)
        return
    store = open_store(settings, migrate=False)
    try:
        manifest = _write(store, keys, file, force=force, with_secret_key=with_secret_key)
    finally:
        store.db.close()
    _say_written(store, file, manifest, as_json=as_json)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    *,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back into the empty store of the settings; nothing leaves until `release`."""
    settings = load_settings()
    keys = _keys(settings, key_file)
    db = open_database(settings)
    try:
        db.check()
        with db.reading() as conn:
            refuse_filled(conn)  # before a key that came along is put in its place
        manifest = check(file, keys, settings.secret_key, settings.key_file)
        with _progress() as told:
            restore_file(db, file, keys, manifest, SystemClock().now(), told)
    finally:
        db.close()
    _say(f"{where(db)} is as it was", manifest, as_json=as_json)
    if not as_json:
        out.print(
            "What was said since then is lost, STOPs among it, and what left since then may leave "
            "again, marked.\nNothing leaves before you say so: troth release"
        )


def move(
    to: Annotated[str, typer.Option(help="The URL of an empty database.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Move the whole store into another database; nobody may be at work on it meanwhile."""
    settings = load_settings()
    store = open_store(settings, migrate=False)
    target = Database(to)
    try:
        target.check()
        head = head_of(store.db, store.vault, store.clock.now())
        with _progress() as told:
            manifest = move_store(store.db, target, head, told)
    finally:
        target.close()
        store.db.close()
    _say(f"everything is in {where(target)}", manifest, as_json=as_json)
    if not as_json:
        _say_next(settings, target)


def release(*, as_json: AsJson = False) -> None:
    """Let nudges leave again from a store that was restored."""
    store = open_store(load_settings())
    with store.db.writing() as conn:
        was_held = marks.release(conn)
    store.db.close()
    if as_json:
        print_json({"was_held": was_held})
    else:
        out.print("nudges leave again" if was_held else "the store was not held")


def _make_key(file: Path, *, as_json: bool) -> None:
    public = new_key(file)
    if as_json:
        print_json({"file": str(file), "public_key": public})
        return
    out.print(f"{file} opens every backup that this seals: {public}")
    out.print("Set TROTH_BACKUP_KEY to that, and keep the file away from this machine")


def _keys(settings: Settings, key_file: Path | None) -> BackupKeys:
    if key_file is None and settings.backup_key is None:
        raise TrothError(
            "a backup is sealed with a key of its own; make one with troth backup --new-key FILE, "
            "and give it in TROTH_BACKUP_KEY or by --key-file"
        )
    if key_file is None:
        return read_keys(settings.backup_key or "")
    try:
        return read_keys(key_file.read_text())
    except (OSError, UnicodeDecodeError) as error:
        cause = getattr(error, "strerror", None) or "it is no text"
        raise TrothError(f"the key file {key_file} can't be read: {cause}") from error


def _write(
    store: Store, keys: BackupKeys, file: Path, *, force: bool, with_secret_key: bool
) -> Manifest:
    secret = _secret_key(store) if with_secret_key else None
    head = head_of(store.db, store.vault, store.clock.now(), secret)
    with _into(file, force=force) as into, _progress() as told:
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
    _say(f"{file} is written", manifest, as_json=as_json)
    if not as_json and manifest.head.secret_key is None:
        given = store.settings.secret_key is not None
        key = "TROTH_SECRET_KEY" if given else store.settings.key_file
        out.print(f"It is of use only with the secret key, which is not in it: keep {key}, too")


def _say(done: str, manifest: Manifest, *, as_json: bool) -> None:
    if as_json:
        print_json(manifest.data())
        return
    tables = f"{counted(manifest.rows, 'row')} of {counted(len(manifest.sums), 'table')}"
    at = f"{manifest.head.taken_at:%Y-%m-%d %H:%M:%S} UTC"
    out.print(f"{done}: {tables}, as of {at}, every hash agrees")


def _say_next(settings: Settings, target: Database) -> None:
    sealing = "the same TROTH_SECRET_KEY"
    if settings.secret_key is None:
        sealing = f"TROTH_SECRET_KEY to what is in {settings.key_file}"
    redis = "" if target.is_sqlite else ", and TROTH_REDIS_URL"
    out.print(f"Set TROTH_DATABASE_URL to the new address, {sealing}{redis}; then start again")
    out.print("The old store is kept as it was, and is refused from now on")


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show on a terminal which table is at work, and how far."""
    if not sys.stderr.isatty():
        yield nobody
        return
    with Console(stderr=True).status("...") as status:
        yield lambda table, rows: status.update(f"{table}: {rows:,}")
