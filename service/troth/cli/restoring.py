"""restore, release: a store brought back from a backup, and let go on."""

from pathlib import Path
from typing import Annotated

import typer

from troth.archive.restoring import OwnKey
from troth.archive.restoring import restore as restore_file
from troth.bootstrap import open_database, open_store
from troth.cli.output import AsJson, out, print_json
from troth.cli.whole_store import KeyFile, keys_given, progress, say
from troth.clock import SystemClock
from troth.settings import load_settings
from troth.store import marks


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (restore, release):
        app.command(command.__name__)(command)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    *,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back into the empty store of the settings; nothing leaves until `release`."""
    settings = load_settings()
    keys = keys_given(settings, key_file)
    own = OwnKey(settings.secret_key, settings.key_file)
    db = open_database(settings)
    try:
        db.check()
        with progress() as told:
            manifest = restore_file(db, file, keys, own, SystemClock().now(), told)
    finally:
        db.close()
    say(f"{db.shown_url} is as it was", manifest, as_json=as_json)
    if not as_json:
        out.print(
            "What was said since then is lost, STOPs among it, and what left since then may leave "
            "again, marked.\nNothing leaves before you say so: troth release"
        )


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
