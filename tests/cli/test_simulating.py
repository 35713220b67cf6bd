"""simulate, as it is typed: what it prints, its JSON, and what it says of mistakes."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_bad_input import COUPLE
from troth.schedules.shipped import shipped_schedules

DAY = ("--from", "2026-03-02T00:00", "--to", "2026-03-03T12:00")
ANSWERS = """
[[answers]]
partner = "ana"
say = "done"
after = "20m"

[[answers]]
partner = "ben"
ritual = "goodnight"
say = "done"
"""


@pytest.fixture
def couple(home: Path) -> Path:
    file = home / "couple.toml"
    file.write_text(COUPLE)
    (home / "answers.toml").write_text(ANSWERS)
    return file


def test_nudges_replies_and_outcomes_are_printed(troth: Run, couple: Path) -> None:
    out = troth("simulate", couple, *DAY, "--answers", "answers.toml").out
    nudge, reply = out.index("Mon 2026-03-02 21:30  ana < n1"), out.index("21:50  ana > done")
    assert nudge < reply < out.index("= goodnight o1 of 2026-03-02T21:30: kept")
    assert "Ana & Ben: building, 1 of 5" in out


def test_the_document_has_the_agreed_shape(troth: Run, couple: Path) -> None:
    found = json.loads(troth("simulate", couple, *DAY, "--answers", "answers.toml", "--json").out)
    assert found["from"] == "2026-03-02T00:00:00Z"
    (one,) = found["couples"]
    assert one["building"] == "1 of 5"
    assert one["rituals"][0]["kept"] == 1
    assert set(one["partners"]) == {"ana", "ben"}
    kinds = [entry["kind"] for entry in found["log"]]
    assert kinds == ["nudge", "nudge", "reply", "reply", "settlement", "score"]
    assert found["log"][2] == {
        "kind": "reply",
        "at": "2026-03-02T21:35:00Z",
        "local": "2026-03-02T21:35:00+00:00",
        "couple": "Ana & Ben",
        "partner": "ben",
        "to": "n2",
        "said": "done",
        "verb": "done",
        "answer": found["log"][2]["answer"],
    }


def test_nothing_of_it_is_kept(troth: Run, couple: Path) -> None:
    troth("simulate", couple, *DAY)
    assert troth("score").is_one_clear_line("no couple yet")


def test_an_outage_holds_the_evening_up(troth: Run, couple: Path) -> None:
    out = troth("simulate", couple, *DAY, "--down", "2026-03-02T21:00/2h").out
    assert "Mon 2026-03-02 23:00  ana < n1" in out
    assert "21:30  ana" not in out


def test_the_example_that_is_shipped_runs(troth: Run, home: Path) -> None:
    shipped = shipped_schedules()
    files = (shipped / "couples/at-home.toml", "--answers", shipped / "answers/at-home.toml")
    week = ("--from", "2026-03-02T00:00", "--to", "2026-03-06T00:00")
    found = json.loads(troth("simulate", *files, *week, "--json").out)
    said = {entry["said"]: entry["verb"] for entry in found["log"] if entry["kind"] == "reply"}
    assert said["thanks for the tea"] == "thanks"
    assert "unknown" not in said.values()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('partner = "anna"\nsay = "x"', 6, "answers.1.partner: there is no partner 'anna' here"),
        ('partner = "ana"\nritual = "godnight"\nsay = "x"', 7, "did you mean 'goodnight'?"),
        ('partner = "ana"\npractice = "date-night"\nsay = "x"', 7, "no practice 'date-night'"),
        ('partner = "ana"\ncouple = "Cleo"\nsay = "x"', 7, "there is no couple 'Cleo' here"),
        ('partner = "ana"\nsay = "x"\nchance = 1.5', 8, "a chance lies between 0"),
        ('partner = "ana"\nsay = "x"\nchance = nan', 8, "a chance lies between 0"),
        ('partner = "ana"\nsay = "x"\nto = "remindr"', 8, "did you mean 'reminder'?"),
        ('partner = "ana"\nsay = []', 7, "at least 1"),
        ('partner = "ana"\nsays = "x"', 7, "there is no such key"),
        ('partner = "ana"\nsay = "x"\nfrom = 2026-03-02\nuntil = 2026-03-01', 9, "lies before"),
        (
            'partner = "ana"\nsay = "x"\n[[says]]\npartner = "ana"\nsay = "x"\nat = 1',
            11,
            "own clock",
        ),
    ],
)
def test_a_mistake_in_the_answers_is_named_with_line_key_and_mend(
    troth: Run, couple: Path, home: Path, text: str, line: int, words: str
) -> None:
    good = '[[answers]]\npartner = "ben"\nsay = "x"\n\n'
    (home / "answers.toml").write_text(f"{good}[[answers]]\n{text}\n")
    result = troth("simulate", couple, *DAY, "--answers", "answers.toml")
    assert result.is_one_clear_line(f"answers.toml:{line}: ", words), result


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--from", "2026-03-02", "--to", "2026-03-01"), "lies before --from"),
        (("--from", "soon", "--to", "2026-03-01"), "no ISO 8601 moment"),
        (("--from", "2026-03-02", "--to", "9026-03-01"), "ten years"),
        (("--from", "0001-01-01T00:00+14:00", "--to", "2026-03-01"), "no ISO 8601 moment"),
        ((*DAY, "--down", "2026-03-02T21:00"), "no ISO 8601 moment"),
        ((*DAY, "--down", "2026-03-02T21:00/long"), "no length of time"),
        ((*DAY, "--down", "9999-12-31T21:00/8h"), "out of range"),
    ],
)
def test_a_mistake_on_the_command_line_is_a_usage_error(
    troth: Run, couple: Path, options: tuple[str, ...], words: str
) -> None:
    result = troth("simulate", couple, *options)
    assert result.code == 2
    assert words in " ".join(result.err.replace("│", " ").split())


def test_answers_may_lie_among_the_schedules(troth: Run, couple: Path, home: Path) -> None:
    assert "good: 2 files, 1 couple" in troth("check", home).out
    assert troth("apply", home).code == 0
    (home / "answers.toml").write_text('[[answers]]\npartner = "ana"\n')
    assert troth("check", home).out.strip().endswith("answers.0.say: this key is needed")
