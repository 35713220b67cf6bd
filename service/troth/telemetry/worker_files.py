"""Where the processes of one worker count, a few files each, for their supervisor to read.

The files lie in memory where there is such a place, and are made in full: a counter that finds its
disk full in mid-write ends its process.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from prometheus_client.multiprocess import mark_process_dead

from troth.errors import TrothError
from troth.telemetry.metrics import FOLDER, PLACE

KINDS = ("counter", "histogram", "gauge_livesum")
SIZE = 256 * 1024  # bytes: some thousand series, of which a process has a hundred or two
MEMORY = Path("/dev/shm")  # noqa: S108 - the folder in it is made anew, and is ours alone

Prepare = Callable[[int], Mapping[str, str]]


@contextmanager
def metrics_folder() -> Iterator[Path]:
    """Give a folder of our own, which goes with us. Raises TrothError where none can be made."""
    in_memory = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    try:
        folder = Path(tempfile.mkdtemp(prefix="troth-metrics-", dir=MEMORY if in_memory else None))
    except OSError as error:
        raise TrothError(
            f"no folder for the metrics of a worker's processes can be made: {error.strerror}; "
            "name one that may be written with TMPDIR, or unset TROTH_WATCH"
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def forget() -> None:
    """Delete the folder in which this process counts: nobody is left to read it."""
    if FOLDER in os.environ and PLACE in os.environ:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


def prepare(folder: Path, place: int) -> Mapping[str, str]:
    """Make one process's files ready; return what tells it where to count.

    Who died at this place holds nothing any more; what it has counted stays. Raises OSError where
    there is no room.
    """
    mark_process_dead(place, str(folder))  # type: ignore[no-untyped-call]
    for kind in KINDS:
        with (folder / f"{kind}_{place}.db").open("ab") as file:
            os.posix_fallocate(file.fileno(), 0, SIZE)
    return {FOLDER: str(folder), PLACE: str(place)}
