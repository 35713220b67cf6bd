"""Restoring: a checked backup becomes a store in one transaction; nothing leaves from it yet."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from troth.archive.loading import Loader, refuse_filled
from troth.archive.manifest import Head, Manifest
from troth.archive.reading import read, verify
from troth.archive.rows import Progress, nobody
from troth.archive.sealing import BackupKeys, damaged
from troth.errors import TrothError
from troth.store import marks, schema
from troth.store.at_work import alone
from troth.store.database import Database, be_patient
from troth.store.keyfile import keep_key, read_key
from troth.store.vault import Vault

WHY_HELD = "restored from a backup"


@dataclass(frozen=True)
class OwnKey:
    """The secret key of whoever restores: as the settings give it, or in a file."""

    given: str | None = field(repr=False)
    file: Path


def restore(
    db: Database,
    file: Path,
    keys: BackupKeys,
    own: OwnKey,
    now: datetime,
    told: Progress = nobody,
) -> Manifest:
    """Check a backup, load it into an empty store, and hold the store; return what it is.

    `now` is aware UTC: from when the backup was taken until then, nothing is known. Raises
    TrothError, and changes nothing, while a service is at work on a SQLite store, too.
    """
    with alone(db):
        with db.reading() as conn:
            refuse_filled(conn)  # before all of it is read, twice
        manifest = check(file, keys, own)
        _load(db, file, keys, own, manifest, now, told)
        schema.migrate(db)  # PostgreSQL builds some indexes and makes some checks after the tables
    return manifest


def _load(
    db: Database,
    file: Path,
    keys: BackupKeys,
    own: OwnKey,
    checked: Manifest,
    now: datetime,
    told: Progress,
) -> None:
    with db.writing() as conn:
        be_patient(conn)
        loader = Loader(conn, told)
        if read(file, keys, loader) != checked:
            raise damaged()
        loader.finish(checked.sums)
        taken_at = checked.head.taken_at
        marks.remember_gap(conn, marks.Gap(taken_at, max(now, taken_at)))
        marks.hold(conn, WHY_HELD)
        _keep_key(checked.head, own)  # last: where the rows are refused, no key of theirs is left


def check(file: Path, keys: BackupKeys, own: OwnKey) -> Manifest:
    """Check a backup, and see that the secret key that belongs to it is at hand; return what it is.

    That may be one that came with the backup.
    """
    manifest = verify(file, keys)
    given = own.given or read_key(own.file)
    if given is not None:
        _refuse_other_key(manifest.head, given)
    elif manifest.head.secret_key is None:
        raise TrothError(
            f"the backup does not hold the secret key (id {manifest.head.key_ids[0]}) that seals "
            f"what is private; give it in TROTH_SECRET_KEY, or put its file back as {own.file}"
        )
    else:
        _refuse_false_key(manifest.head, manifest.head.secret_key)
    return manifest


def _keep_key(head: Head, own: OwnKey) -> None:
    """Keep a key that came with the backup in the own key's file; another may be there by now."""
    if own.given is None and head.secret_key is not None:
        _refuse_other_key(head, keep_key(own.file, head.secret_key))


def _refuse_false_key(head: Head, came: str) -> None:
    try:
        _refuse_other_key(head, came)
    except TrothError:  # which speaks of the key at hand
        raise TrothError(
            "the secret key in the backup is not the one that belongs to it; give the right one in "
            f"TROTH_SECRET_KEY (id {', '.join(head.key_ids)}), and ask who made this backup"
        ) from None


def _refuse_other_key(head: Head, given: str) -> None:
    """Every key that sealed must be there; the oldest be the oldest: links were made with it."""
    ids = Vault(given).key_ids
    if not set(head.key_ids) <= set(ids) or ids[-1] != head.key_ids[-1]:
        raise TrothError(
            f"the secret key at hand (id {ids[0]}) is not the one that belongs to the backup "
            f"(id {', '.join(head.key_ids)}); give that in TROTH_SECRET_KEY, or take the key file "
            "that is here out of the way"
        )
