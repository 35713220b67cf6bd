"""The key file: made once, on the first run, for its owner's eyes only."""

import secrets
from pathlib import Path

from sqlalchemy import Connection, select

from troth.errors import TrothError, cause_of
from troth.store.database import Database
from troth.store.tables import channels
from troth.store.vault import KeyUnfitError, Vault
from troth.whole_files import drafted


def key_from_file(file: Path, db: Database) -> str:
    """Return the key in `file`; on the first run, make it.

    Raises TrothError when it can't be read or made, or when it is gone while the store still holds
    what it sealed.
    """
    key = read_key(file)
    if key is not None:
        return key
    _refuse_new_key(file, db)
    return keep_key(file, secrets.token_urlsafe(32))


def read_key(file: Path) -> str | None:
    """Return the key in `file`, None where there is no such file; raises TrothError otherwise."""
    try:
        key = file.read_text().strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        cause = getattr(error, "strerror", None) or "it is no text"
        raise TrothError(
            f"the key file {file} can't be read: {cause}; give it to whoever runs Troth, or put "
            "back a copy of it"
        ) from error
    if not key:
        raise KeyUnfitError(
            f"the key file {file} is empty; put back a copy of it, or delete it where there is no "
            "store yet"
        )
    return key


def _refuse_new_key(file: Path, db: Database) -> None:
    with db.reading() as conn:
        if conn.execute(select(channels.c.id).limit(1)).first() is not None:
            raise KeyUnfitError(
                f"the key file {file} is not there, but the store holds what it sealed; "
                "put it back, or give the key in TROTH_SECRET_KEY"
            )


def check_key(conn: Connection, vault: Vault) -> None:
    """Raise KeyUnfitError where none of the vault's keys opens what the store sealed last."""
    newest = select(channels.c.url_sealed).order_by(channels.c.id.desc()).limit(1)
    sealed = conn.execute(newest).scalar()
    if sealed is not None:
        vault.open(sealed)


def keep_key(file: Path, key: str) -> str:
    """Keep a key in a file that is not there yet; return the one that is there then.

    Raises TrothError where it can't be written, and leaves nothing of it behind.
    """
    try:
        with drafted(file) as stream:
            stream.write(f"{key}\n".encode())
    except FileExistsError:
        pass  # another process was first: its key is the key
    except OSError as error:
        raise TrothError(
            f"the key file {file} can't be made: {cause_of(error)}; "
            "make room, give a key in TROTH_SECRET_KEY, or set TROTH_DATA to another folder"
        ) from error
    return read_key(file) or key
