"""The documentation is tested: what it names exists, what it shows works."""

import re
import tomllib
from pathlib import Path

import pytest
import typer

from troth.cli.main import app
from troth.schedules.models import (
    CoupleFile,
    Form,
    PartnerForm,
    PracticeFile,
    RitualForm,
)

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


def _commands() -> dict[str, set[str]]:
    """Every command with its options."""
    group = typer.main.get_command(app)
    commands = group.commands  # type: ignore[attr-defined] # a click Group
    return {name: {o for p in c.params for o in p.opts} for name, c in commands.items()}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_command_that_is_shown_exists(page: Path) -> None:
    known = _commands()
    shown = re.findall(r"(?:^ {4}|`)troth ([a-z]+)([^`\n#]*)", page.read_text(), re.MULTILINE)
    for command, rest in shown:
        assert command in known, f"{page.name}: troth {command}"
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in known[command], f"{page.name}: troth {command} {option}"


@pytest.mark.parametrize("command", sorted(_commands()))
def test_every_command_is_documented(command: str) -> None:
    assert any(re.search(rf"troth {command}\b", page.read_text()) for page in PAGES), command


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} -> {target}"


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_schedule_that_is_shown_is_good(page: Path) -> None:
    for block in re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL):
        data = tomllib.loads(block)
        form = CoupleFile if "couple" in data else PracticeFile
        assert form.model_validate(data)


def test_every_promise_names_tests_that_exist() -> None:
    written = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text())
    }
    rows = re.findall(r"^\| (\d+)\. .*$", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE)
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/architecture.md").read_text()))
    assert rows == [str(number) for number in range(1, 15)]
    assert not named - written


@pytest.mark.parametrize("form", [CoupleFile, PartnerForm, RitualForm])
def test_every_key_of_a_couples_file_is_documented(form: type[Form]) -> None:
    page = (ROOT / "docs/schedules.md").read_text()
    for name, field in form.model_fields.items():
        key = field.alias or name
        assert f"`{key}`" in page or f"`[{key}.KEY]`" in page, key


def test_the_tree_in_the_architecture_is_the_tree() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    parts = {path.name for path in (ROOT / "service/troth").iterdir() if path.name[0] not in "_."}
    for part in parts - {"py.typed"}:
        assert part in page, part
