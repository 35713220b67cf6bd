"""move: a whole store brought into another database."""

from typing import Annotated

import typer

from troth.archive.moving import move as move_store
from troth.archive.writing import head_of
from troth.bootstrap import open_store
from troth.cli.output import AsJson, out
from troth.cli.whole_store import progress, say
from troth.settings import Settings, load_settings
from troth.store.database import Database


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("move")(move)


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
        with progress() as told:
            manifest = move_store(store.db, target, head, told)
    finally:
        target.close()
        store.db.close()
    say(f"everything is in {target.shown_url}", manifest, as_json=as_json)
    if not as_json:
        _say_next(settings, target)


def _say_next(settings: Settings, target: Database) -> None:
    sealing = "the same TROTH_SECRET_KEY"
    if settings.secret_key is None:
        sealing = f"TROTH_SECRET_KEY to what is in {settings.key_file}"
    redis = "" if target.is_sqlite else ", and TROTH_REDIS_URL"
    out.print(f"Set TROTH_DATABASE_URL to the new address, {sealing}{redis}; then start again")
    out.print("The old store is kept as it was, and is refused from now on")
