"""What commands that copy a whole store have in common: the keys given, and what is told."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from troth.archive.manifest import Manifest
from troth.archive.rows import Progress, nobody
from troth.archive.sealing import BackupKeys, read_keys
from troth.cli.output import counted, out, print_json
from troth.errors import TrothError
from troth.settings import Settings

KeyFile = Annotated[
    Path | None, typer.Option(help="A file of age keys, instead of TROTH_BACKUP_KEY.")
]


def keys_given(settings: Settings, key_file: Path | None) -> BackupKeys:
    """Return the keys to backups; raises TrothError where none are given, or none can be read."""
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


def say(done: str, manifest: Manifest, *, as_json: bool) -> None:
    """Say what was done to a whole store, and what it holds."""
    if as_json:
        print_json(manifest.data())
        return
    tables = f"{counted(manifest.rows, 'row')} of {counted(len(manifest.sums), 'table')}"
    at = f"{manifest.head.taken_at:%Y-%m-%d %H:%M:%S} UTC"
    out.print(f"{done}: {tables}, as of {at}, every hash agrees")


@contextmanager
def progress() -> Iterator[Progress]:
    """Show on a terminal which table is at work, and how far."""
    if not sys.stderr.isatty():
        yield nobody
        return
    with Console(stderr=True).status("...") as status:
        yield lambda table, rows: status.update(f"{table}: {rows:,}")
