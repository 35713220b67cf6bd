"""Whatever doctor may print is explained, and nothing is explained that it never prints."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from troth.engine import unwell

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/troubleshooting.md"


def ids_in(source: str) -> Iterator[str]:
    """The ids of the findings that a module makes; a part that varies in capitals."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Finding":
                    yield from _spelt(_first(call), function)


def _first(call: ast.Call) -> ast.expr:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "id"]
    return call.args[0] if call.args else named[0]


def _spelt(given: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
    match given:
        case ast.Constant():
            yield str(given.value)
        case ast.JoinedStr():
            parts = (
                str(part.value) if isinstance(part, ast.Constant) else _name(part)
                for part in given.values
            )
            yield "".join(parts)
        case ast.Attribute(attr="id"):  # of a reason, and those are all known
            return
        case ast.IfExp():
            yield from _spelt(given.body, function)
            yield from _spelt(given.orelse, function)
        case ast.Name():
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and _sets(node, given.id):
                    yield from _spelt(node.value, function)
        case _:
            raise AssertionError(f"line {given.lineno}: write a finding's id where it is made")


def _sets(node: ast.Assign, name: str) -> bool:
    return any(getattr(target, "id", "") == name for target in node.targets)


def _name(part: ast.expr) -> str:
    assert isinstance(part, ast.FormattedValue)
    return ast.unparse(part.value).rpartition(".")[2].upper()


PRINTED = {reason.id for reason in unwell.ALL} | {
    name
    for file in (ROOT / "service/troth").rglob("*.py")
    for name in ids_in(file.read_text("utf-8"))
}
EXPLAINED = re.findall(r"^### `([^`]+)`$", PAGE.read_text("utf-8"), re.MULTILINE)


def test_every_finding_of_doctor_is_explained_once():
    assert sorted(EXPLAINED) == sorted(PRINTED)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('def f():\n    return Finding("store", 1, "")', "store"),
        ('def f():\n    return Finding(text="", id="store")', "store"),
        ('def f(way):\n    return Finding(f"inbound-{way.name}", 1, "")', "inbound-NAME"),
        ('def f():\n    which = "store"\n    return Finding(which, 1, "")', "store"),
        ('def f():\n    return Finding(r.id if r else "store", 1, "")', "store"),
    ],
)
def test_an_id_is_found_however_it_is_written(source: str, name: str):
    assert list(ids_in(source)) == [name]
