"""Backs up, restores or moves, and kills itself (SIGKILL) at a place that it is told.

    python -m tests.archive.dies backup|restore|move WHERE URL FILE KEY-FILE

FILE is a backup, or where one is written; of a move, the URL of the target. WHERE is what progress
tells: a table's name, that with `?` while it is read back, or a step of a move; `end` is never.
"""

import os
import signal
import sys
from pathlib import Path

from tests.archive.conftest import LATER, NOW
from tests.support.key import KEY
from troth.archive.moving import move
from troth.archive.restoring import OwnKey, restore
from troth.archive.sealing import read_keys
from troth.archive.writing import head_of, new_file, write
from troth.store.database import Database
from troth.store.vault import Vault


def main(act: str, where: str, url: str, file: str, key_file: str) -> None:
    def told(place: str, _rows: int) -> None:
        if place == where:
            os.kill(os.getpid(), signal.SIGKILL)

    keys = read_keys(Path(key_file).read_text())
    db = Database(url)
    head = head_of(db, Vault(KEY), NOW)
    match act:
        case "backup":
            with new_file(Path(file), replace=True) as stream:
                write(db, head, keys, stream, told)
        case "restore":
            restore(db, Path(file), keys, OwnKey(KEY, Path(file)), LATER, told)
        case "move":
            move(db, Database(file), head, told)


if __name__ == "__main__":
    main(*sys.argv[1:])
