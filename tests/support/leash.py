"""Runs a server that must not outlive the tests: `python leash.py COMMAND...`.

A finaliser is not enough, for a test run may be killed. The leash ends its command when its own
standard input closes, which the kernel does however the holder of the other end died. Started by
root, it runs the command as nobody, for PostgreSQL refuses to run as root; `--same-user` before the
command keeps the user: mail servers change theirs by themselves, and nobody may not enter a Python
that lies in root's home. `--terminate` ends it by SIGTERM, where SIGINT makes it wait for clients.
"""

import os
import pwd
import signal
import subprocess
import sys
import threading
from typing import TypedDict

SAME_USER = "--same-user"
TERMINATE = "--terminate"


class Account(TypedDict, total=False):
    """The arguments that make subprocess change the user."""

    user: int
    group: int
    extra_groups: list[int]


def account() -> Account:
    """Whom servers run as: nobody in place of root, else whoever runs the tests."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def main() -> int:
    command = sys.argv[1:]
    user = account()
    if command[0] == SAME_USER:
        command, user = command[1:], {}
    ending = signal.SIGINT  # the fast shutdown of PostgreSQL; Redis knows it too
    if command[0] == TERMINATE:
        command, ending = command[1:], signal.SIGTERM
    # A session of its own, so that a Ctrl-C meant for pytest leaves the ending to us.
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, cwd="/", start_new_session=True, **user
    )

    def end_with_the_tests() -> None:
        sys.stdin.read()
        child.send_signal(ending)

    signal.signal(signal.SIGTERM, lambda *_: child.send_signal(ending))  # nor outlive its leash
    threading.Thread(target=end_with_the_tests, daemon=True).start()
    return child.wait()


if __name__ == "__main__":
    # Not SIG_IGN, which the command would inherit.
    signal.signal(signal.SIGINT, lambda *_: None)
    sys.exit(main())
