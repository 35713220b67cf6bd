import os
import signal
import subprocess
import sys

import pytest

from tests.support import leash
from tests.support.processes import Process, process_starter

WAITS = "import sys; print('ready', flush=True); sys.stdin = None; import signal; signal.pause()"


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_line_is_awaited(start_process):
    process = start_process(
        sys.executable, "-c", "import os; print('port', os.environ['PORT'])", PORT="7"
    )
    assert process.wait_for_line(r"^port (\d+)$")[1] == "7"
    assert process.wait() == 0


def test_a_port_is_awaited(start_process, free_port, tmp_path):
    process = start_process(
        *(sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(free_port)), cwd=tmp_path
    )
    process.wait_for_port(free_port)
    assert process.terminate() == -signal.SIGTERM


def test_an_early_end_tells_what_was_said(start_process):
    process = start_process(sys.executable, "-c", "import sys; sys.exit('no such thing')")
    with pytest.raises(
        AssertionError, match=r"(?s)ended with 1 before line like 'ready'.*no such thing"
    ):
        process.wait_for_line("ready")


def test_waiting_has_an_end(start_process):
    process = start_process(sys.executable, "-c", WAITS)
    with pytest.raises(AssertionError, match="no line like 'never' within"):
        process.wait_for_line("never", timeout=0.2)


def test_what_still_runs_is_killed_at_the_end():
    with process_starter() as start:
        process = start(sys.executable, "-c", WAITS)
        process.wait_for_line("ready")
    assert not is_running(process.pid)


def test_settings_of_the_machine_do_not_reach_a_process(start_process, monkeypatch):
    monkeypatch.setenv("TROTH_DATABASE_URL", "sqlite:////my/real.db")
    process = start_process(
        sys.executable, "-c", "import os; print('TROTH_DATABASE_URL' in os.environ)"
    )
    assert process.wait_for_line("^False$")


def test_a_leashed_server_ends_even_when_the_tests_are_killed():
    server = f"import os; print('server', os.getpid(), flush=True); {WAITS}"
    tests = f"""
import subprocess, sys
subprocess.run([sys.executable, {leash.__file__!r}, "/usr/bin/env", "python3", "-c", {server!r}])
"""
    killed = Process([sys.executable, "-c", tests], stdin=subprocess.PIPE)
    pid = int(killed.wait_for_line(r"server (\d+)")[1])
    killed.hang_up()
    assert not is_running(pid)
