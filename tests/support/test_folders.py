"""A test run that is killed leaves folders behind; the next one sweeps those, and no others."""

import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.folders import Folder, sweep
from tests.support.processes import Process

ROOT = Path(__file__).parents[2]
HOLD = """
import signal, sys
from pathlib import Path
from tests.support.folders import Folder
print(Folder(base=Path(sys.argv[1])).path, flush=True)
signal.pause()
"""


def test_what_a_killed_run_left_is_swept_and_what_is_in_use_is_not(
    tmp_path: Path, start_process: Callable[..., Process]
):
    ours = Folder(base=tmp_path)
    strangers = tmp_path / "troth-of-somebody-else"
    strangers.mkdir()
    holder = start_process(sys.executable, "-c", HOLD, tmp_path, cwd=ROOT)
    theirs = Path(holder.wait_for_line(r"^/.*$")[0])
    assert sweep([tmp_path]) == [], "each is in use, or nobody's"
    holder.kill()
    assert sweep([tmp_path]) == [theirs]
    assert (ours.path.is_dir(), strangers.is_dir(), theirs.exists()) == (True, True, False)
    ours.remove()
    assert sweep([tmp_path]) == []
