"""Every practice of the catalogue is played through by reply in some conversation."""

import ast
from collections.abc import Iterator
from pathlib import Path

from troth.schedules.catalogue import shipped_catalogue

TESTS = Path(__file__).parents[2]


def _played() -> Iterator[str]:
    """Yield what the marks of test functions name."""
    for file in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield from _named(node)


def _named(test: ast.FunctionDef) -> Iterator[str]:
    for mark in test.decorator_list:
        is_call = isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name)
        if is_call and isinstance(mark, ast.Call) and ast.unparse(mark.func) == "plays":
            yield from (str(ast.literal_eval(each)) for each in mark.args)


def test_every_practice_is_played_through_by_reply():
    assert sorted(set(shipped_catalogue()) - set(_played())) == []


def test_no_test_plays_what_is_no_practice():
    assert sorted(set(_played()) - set(shipped_catalogue())) == []
