"""A test that is skipped proves nothing: in CI a skip that skips.toml does not explain fails."""

import os
import re
import tomllib
from pathlib import Path

import pytest

EXPLAINED = Path(__file__).parents[1] / "skips.toml"


class UnexplainedSkips:
    """The part of pytest that watches for skips. Under xdist it works in the controller."""

    def __init__(self, explained: list[str]) -> None:
        self._explained = [re.compile(pattern) for pattern in explained]
        self._found: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._look_at(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._look_at(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in self._found:
            terminalreporter.write_line(f"skip not explained in tests/skips.toml: {line}", red=True)

    def _look_at(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if not report.skipped:
            return
        reason = reason_of(report)
        if not any(pattern.fullmatch(reason) for pattern in self._explained):
            self._found.append(f"{report.nodeid}: {reason}")


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why it was skipped, or expected to fail."""
    if hasattr(report, "wasxfail"):
        return str(report.wasxfail)
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)


def watch_in_ci(config: pytest.Config) -> None:
    """Fail the run for unexplained skips, if this is CI."""
    if os.environ.get("CI") and not hasattr(config, "workerinput"):
        explained = tomllib.loads(EXPLAINED.read_text())["skips"]
        config.pluginmanager.register(UnexplainedSkips(list(explained)))
