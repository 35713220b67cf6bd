"""How the roles are started and hit: the one place that knows their command lines."""

from pathlib import Path

from tests.support.processes import TROTH

COMMANDS = {"clock": ("clock",), "worker": ("worker",), "web": ("web",)}
UP = (*TROTH, "up")
IN_HAND = 8  # how many sends one worker has in hand at once, all by one provider
SETTINGS = {
    "TROTH_LOG_FORMAT": "json",
    "TROTH_PROCESSES": "1",
    "TROTH_CONCURRENCY": str(2 * IN_HAND),  # of which one provider gets half
    "PYTHONFAULTHANDLER": "1",  # SIGABRT shows where every thread stands
}
STARTED = {"clock": "clock.started", "worker": "worker.started", "web": "The pages are up"}
SKEW = Path(__file__).parent / "skew"


def command(role: str) -> tuple[str, ...]:
    """The command line of one role, such as `worker-1`."""
    return (*TROTH, *COMMANDS[role.partition("-")[0]])


def skewed(file: Path, seconds: float) -> dict[str, str]:
    """The environment of a role whose clock is so many seconds ahead, as `file` has it from now.

    The file is replaced rather than written: who looks meanwhile must find one or the other.
    """
    new = file.with_suffix(".new")
    new.write_text(str(seconds))
    new.replace(file)
    return {"PYTHONPATH": str(SKEW), "FAULTS_SKEW": str(file)}
