"""Commands, run as a person would type them, in this process, each test with a store of its own."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from troth.cli.main import main


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    def is_one_clear_line(self, *words: str) -> bool:
        """Whether it failed with one line that holds these words, and no traceback."""
        text = (self.out + self.err).strip()
        return self.code == 1 and "\n" not in text and all(word in text for word in words)


Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with a data folder and a port of its own."""
    monkeypatch.setenv("TROTH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TROTH_PORT", str(free_port))  # a demo may run beside the tests
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def troth(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["troth", *map(str, words)])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return Result(code, said.out, said.err)

    return run
