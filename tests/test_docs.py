"""The documentation is tested: what it names exists, what it shows works."""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import typer
from apprise.manager_plugins import NotificationManager
from typer.exceptions import TyperException

from tests.support.house import house_in
from tests.support.practice_table import HEAD, PAGE, practice_table
from troth.cli.main import app
from troth.delivery.answering import labels_of
from troth.delivery.provider import scheme_of
from troth.domain.grammar import Verb
from troth.domain.parse import parse
from troth.domain.said import Expected
from troth.domain.states import AnswerKind, NudgePurpose, SeasonKind, Visibility
from troth.engine.unwell import ALL
from troth.inbound.ways import WAYS, open_hooks, open_listeners
from troth.schedules.answers import AnswerForm, AnswersFile, SaysForm
from troth.schedules.languages import load_languages
from troth.schedules.models import (
    CoupleFile,
    Form,
    PartnerForm,
    PracticeFile,
    RitualForm,
    SeasonForm,
)
from troth.settings import Settings
from troth.web.app import create_app

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
CHANNELS = ROOT / "docs/channels"
FORMS: dict[str, type[Form]] = {"couple": CoupleFile, "answers": AnswersFile}
CONTENTS = CHANNELS / "README.md"


def _commands() -> dict[str, set[str]]:
    """Every command with its options."""
    group = typer.main.get_command(app)
    commands = group.commands  # type: ignore[attr-defined] # a click Group
    return {name: {o for p in c.params for o in p.opts} for name, c in commands.items()}


def _tables(page: Path) -> Iterator[dict[str, Any]]:
    """Every TOML that a page shows."""
    for block in re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL):
        yield tomllib.loads(block)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_command_that_is_shown_exists(page: Path) -> None:
    known = _commands()
    shown = re.findall(r"(?:^ {4}|`)troth ([a-z]+)([^`\n#]*)", page.read_text(), re.MULTILINE)
    for command, rest in shown:
        assert command in known, f"{page.name}: troth {command}"
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in known[command], f"{page.name}: troth {command} {option}"


def _lines_to_type(page: Path) -> Iterator[str]:
    """Every line of a code block that begins with `troth`, without what is said beside it."""
    for line in re.findall(r"^ *(?:\$ )?troth( [^\n]*)$", page.read_text(), re.MULTILINE):
        if not re.match(r" [a-z-]+(?: |$)", line) or line.split()[0] not in _commands():
            continue  # a sentence, or an excerpt of it; the test above knows the rest
        yield re.split(r"  +#| # ", line)[0].strip()


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_command_that_is_shown_can_be_typed(page: Path) -> None:
    group = typer.main.get_command(app)
    for line in _lines_to_type(page):
        name, *rest = shlex.split(line)
        command = group.commands[name]  # type: ignore[attr-defined] # a click Group
        try:
            command.make_context(name, [word for word in rest if word != "..."])
        except TyperException as error:
            pytest.fail(f"{page.name}: troth {line}: {error}")


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_anchor_is_a_heading(page: Path) -> None:
    for file, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", page.read_text()):
        target = page.parent / file if file else page
        assert anchor in _anchors(target), f"{page.name} -> {file}#{anchor}"


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("command", sorted(_commands()))
def test_every_command_is_documented(command: str) -> None:
    assert any(re.search(rf"troth {command}\b", page.read_text()) for page in PAGES), command


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} -> {target}"


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_schedule_that_is_shown_is_good(page: Path) -> None:
    for data in _tables(page):
        if "inbound" in data:
            continue  # settings
        if set(data) == {"seasons"}:
            assert [SeasonForm.model_validate(season) for season in data["seasons"]]
            continue  # a part of a couple's file
        form = next((f for key, f in FORMS.items() if key in data), PracticeFile)
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
        shown = (f"`{key}`", f"`[{key}.KEY]`", f"[[{key}]]")
        assert any(written in page for written in shown), key


@pytest.mark.parametrize("form", [AnswersFile, AnswerForm, SaysForm])
def test_every_key_of_an_answers_file_is_documented(form: type[Form]) -> None:
    page = (ROOT / "docs/simulate.md").read_text()
    for name, field in form.model_fields.items():
        key = field.alias or name
        assert f"`{key}`" in page or f"`[[{key}]]`" in page, key


def test_the_tree_in_the_architecture_is_the_tree() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    parts = {path.name for path in (ROOT / "service/troth").iterdir() if path.name[0] not in "_."}
    for part in parts - {"py.typed"}:
        assert part in page, part


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_setting_that_is_shown_exists(page: Path) -> None:
    known = {*Settings.model_fields, "settings"}
    for name in re.findall(r"\bTROTH_([A-Z_]*[A-Z])\b", page.read_text()):
        assert name.lower() in known, f"{page.name}: TROTH_{name}"


def test_every_way_in_has_a_page_to_which_the_others_lead() -> None:
    listed = CONTENTS.read_text()
    for name in (*WAYS, "mail", "ntfy"):
        assert (CHANNELS / f"{name}.md").is_file(), name
        assert f"]({name}.md)" in listed, name
    for page in CHANNELS.glob("*.md"):
        assert page == CONTENTS or f"]({page.name})" in listed, page.name
        assert page == CONTENTS or "](README.md)" in page.read_text(), page.name
    for name in ("README.md", "docs/schedules.md", "docs/cluster.md"):
        assert "channels/README.md)" in (ROOT / name).read_text(), name


# One function takes a hook's GET and POST; nobody is served the schema that minds.
@pytest.mark.filterwarnings("ignore:Duplicate Operation ID")
def test_every_address_that_the_web_answers_is_told(tmp_path: Path) -> None:
    page = (ROOT / "docs/api.md").read_text()
    told = set(re.findall(r"`(?:[A-Z]+ )?(/[a-z/{}.]*)`", page))
    with house_in(tmp_path) as house:
        answered = set(create_app(house.store).openapi()["paths"])
    assert told >= answered > {"/livez", "/metrics", "/r/{token}"}


def test_every_reason_that_something_is_not_well_is_explained() -> None:
    page = (ROOT / "docs/health.md").read_text()
    assert re.findall(r"^\| `([a-z]+-[a-z]+)` \|", page, re.MULTILINE) == [each.id for each in ALL]


class Forgetful:
    """A memory for listeners that never run."""

    def get(self, key: str) -> str | None:  # noqa: ARG002
        return None

    def set(self, key: str, value: str) -> None:
        pass


def _opened(given: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Open ways in, as the service does when it starts; return their names."""
    listeners = open_listeners(given, Forgetful())
    return {*open_hooks(given), *(listener.name for listener in listeners)}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_setting_of_a_way_in_that_is_shown_opens_it(page: Path) -> None:
    tables = [data["inbound"] for data in _tables(page) if "inbound" in data]
    shown = re.findall(r"TROTH_INBOUND='(.*)'", page.read_text())
    for given in (*tables, *map(json.loads, shown)):
        assert _opened(given) == set(given)


@pytest.mark.parametrize("name", WAYS)
def test_every_key_of_a_way_in_is_shown_or_explained(name: str) -> None:
    page = CHANNELS / f"{name}.md"
    assert any(name in data.get("inbound", {}) for data in _tables(page))
    told = re.findall(r"^\|([^|]*)\|", page.read_text(), re.MULTILINE)
    for key in WAYS[name].settings.model_fields:
        assert any(f"`{key}`" in cell for cell in told), f"{name}: {key}"


@pytest.mark.parametrize("page", sorted(CHANNELS.glob("*.md")), ids=lambda page: page.stem)
def test_every_channel_that_is_shown_is_one_of_apprises(page: Path) -> None:
    shown = re.findall(r"^Channel: .*?`(\w+://[^`]*)`", page.read_text(), re.MULTILINE)
    assert shown or page in (CONTENTS, CHANNELS / "standard.md")
    for url in shown:
        assert scheme_of(url) in NotificationManager(), f"{page.name}: {url}"


def test_the_page_of_ntfy_names_its_buttons() -> None:
    page, english = (CHANNELS / "ntfy.md").read_text(), load_languages().of("en")
    for label in labels_of(NudgePurpose.RITUAL, english).values():
        assert f"*{label}*" in page, label


def test_every_word_that_people_are_told_to_write_is_understood() -> None:
    section = CONTENTS.read_text().partition("## What people write")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| ([^|]*) \| [^|]* \|$", section, re.MULTILINE)
    words = [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]
    grammar = load_languages().of("en").grammar
    said = {word: parse(word, grammar, _asked_for(word)).verb for word in words}
    assert [word for word, verb in said.items() if verb is Verb.UNKNOWN] == []
    assert set(Verb) - set(said.values()) == {Verb.WORDS, Verb.CHOICE, Verb.UNKNOWN}


def test_every_practice_stands_in_the_table_as_it_is() -> None:
    page = PAGE.read_text("utf-8")
    assert page.partition(HEAD)[2] == practice_table()


def test_every_word_that_practices_tell_of_is_understood() -> None:
    section = PAGE.read_text("utf-8").partition("## What you can write")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| ([^|]*) \| [^|]* \|$", section, re.MULTILINE)
    words = [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]
    grammar = load_languages().of("en").grammar
    said = {word: parse(word, grammar, Expected()).verb for word in words}
    assert {"thanks for the tea", "repair", "undo"} < set(said)
    assert [word for word, verb in said.items() if verb is Verb.UNKNOWN] == []


@pytest.mark.parametrize("words", [AnswerKind, Visibility, SeasonKind])
def test_every_kind_and_visibility_is_told(words: type[StrEnum]) -> None:
    page = PAGE.read_text("utf-8")
    assert [word for word in words if f"`{word}`" not in page] == []


def _asked_for(word: str) -> Expected:
    for kind, mark in ((AnswerKind.NUMBER, r" ms$"), (AnswerKind.RATING, r"\b[278]\b")):
        if re.search(mark, word):
            return Expected(kind)
    return Expected()
