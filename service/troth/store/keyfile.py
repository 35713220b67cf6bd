"""The key file: made once, on the first run, for its owner's eyes only."""

import os
import secrets
import tempfile
from pathlib import Path

from sqlalchemy import Connection, select

from troth.errors import TrothError
from troth.store.database import Database
from troth.store.tables import channels
from troth.store.vault import KeyUnfitError, Vault


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
        return file.read_text().strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TrothError(f"the key file {file} can't be read: {error.strerror}") from error


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

    It is written elsewhere, seen on the disk, and only then given its name.
    """
    try:
        handle, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mode 0600
    except OSError as error:
        raise TrothError(
            f"the key file {file} can't be made: {error.strerror}; "
            "give a key in TROTH_SECRET_KEY, or set TROTH_DATA to another folder"
        ) from error
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(key + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, file)
    except FileExistsError:
        pass  # another process was first: its key is the key
    finally:
        Path(draft).unlink()
    return file.read_text().strip()
