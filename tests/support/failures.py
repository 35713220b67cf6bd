"""A test that fails is named at once, not only at the end of a long run."""

import pytest


class NamedAtOnce:
    """The part of pytest that names them. Under xdist it works in the controller."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            terminal = self._config.pluginmanager.get_plugin("terminalreporter")
            assert terminal is not None
            terminal.ensure_newline()
            terminal.write_line(f"{report.when} failed: {report.nodeid}", red=True)


def name_at_once(config: pytest.Config) -> None:
    """Name what fails as soon as it does."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(NamedAtOnce(config))
