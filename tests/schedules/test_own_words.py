"""The couple's own word for a pause hides nothing else that they say."""

from pathlib import Path

import pytest

from tests.support.stage import EVENING, couple_file
from troth.schedules.load import load_schedules
from troth.schedules.problems import ScheduleError


def check(folder: Path, timeout: str, language: str = "en") -> str:
    file = folder / "couple.toml"
    head = f'language = "{language}"\ntimeout = {timeout}\n'
    file.write_text(head + couple_file(EVENING))
    try:
        load_schedules([file])
    except ScheduleError as error:
        return "; ".join(str(problem) for problem in error.problems)
    return ""


@pytest.mark.parametrize(
    "timeout",
    [
        '{ word = "pineapple" }',
        '{ word = "Ananás", text = "Breathe.", returns = "20m" }',
        '{ returns = "1h" }',
        "{}",
    ],
)
def test_a_free_word_is_taken(tmp_path: Path, timeout: str) -> None:
    assert check(tmp_path, timeout) == ""


@pytest.mark.parametrize(
    ("timeout", "mend"),
    [
        ('{ word = "Stop" }', "is a word of the law"),
        ('{ word = "done" }', "which means something else"),
        ('{ word = "leave" }', "begins 'leave me alone'"),
        ('{ word = "seven" }', "which means something else"),
        ('{ word = "two words" }', "timeout.word"),
        ('{ returns = "2d" }', "between 5m and 24h"),
        ('{ wurd = "pineapple" }', "wurd"),
    ],
)
def test_a_word_that_means_something_is_named_with_its_line(
    tmp_path: Path, timeout: str, mend: str
) -> None:
    told = check(tmp_path, timeout)
    assert mend in told
    assert "couple.toml:2" in told


def test_a_word_is_free_where_nobody_speaks_the_language_in_which_it_means_something(
    tmp_path: Path,
) -> None:
    assert check(tmp_path, '{ word = "fertig" }') == ""
    assert "which means something else" in check(tmp_path, '{ word = "fertig" }', "de")
