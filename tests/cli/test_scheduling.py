"""init, check, apply, next and practices, as a couple uses them."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_bad_input import COUPLE


def test_the_starter_is_good_and_applies(troth: Run, home: Path) -> None:
    assert troth("init", "ours").code == 0
    assert troth("check", "ours/schedules").out.startswith("good: 1 file, 1 couple, 0 rituals")
    assert "added" in troth("apply", "ours/schedules").out


def test_init_overwrites_nothing(troth: Run, home: Path) -> None:
    troth("init")
    (home / "troth.toml").write_text("port = 1\n")
    assert troth("init").is_one_clear_line("us.toml", "there already")
    assert (home / "troth.toml").read_text() == "port = 1\n"


def test_applying_twice_changes_nothing(troth: Run, home: Path) -> None:
    (home / "couple.toml").write_text(COUPLE)
    assert len(json.loads(troth("apply", "--json", "couple.toml").out)) == 6
    assert troth("apply", "--json", "couple.toml").out == "[]\n"


def test_a_dry_run_tells_and_writes_nothing(troth: Run, home: Path) -> None:
    (home / "couple.toml").write_text(COUPLE)
    assert "dry run" in troth("apply", "--dry-run", "couple.toml").out
    assert troth("score").is_one_clear_line("no couple yet")


def test_apply_prints_what_it_added_changed_and_retired(troth: Run, home: Path) -> None:
    file = home / "couple.toml"
    file.write_text(COUPLE)
    troth("apply", home)
    file.write_text(
        COUPLE.replace("30 21", "0 22").replace('"Ben"', '"Benedict"')
        + '[rituals.hug]\npractice = "twenty-second-hug"\n'
    )
    assert troth("apply", home).out.splitlines() == [
        "changed  Ana & Ben: partner ben",
        "changed  Ana & Ben: ritual goodnight (evening-check-in)",
        "added    Ana & Ben: ritual hug (twenty-second-hug)",
        "3 changes; applied",
    ]
    file.write_text(COUPLE.replace("goodnight", "night"))
    out = troth("apply", home).out
    assert "retired  Ana & Ben: ritual hug" in out
    assert "retired  Ana & Ben: ritual goodnight" in out


def test_a_couple_that_leaves_the_applied_folder_is_retired(troth: Run, home: Path) -> None:
    (home / "one.toml").write_text(COUPLE)
    (home / "two.toml").write_text(COUPLE.replace("Ana & Ben", "Cleo & Dan"))
    troth("apply", home)
    (home / "two.toml").unlink()
    assert "retired  Cleo & Dan: couple" in troth("apply", home).out
    assert troth("score", "--json").code == 0


def test_applying_one_file_leaves_other_couples_alone(troth: Run, home: Path) -> None:
    (home / "one.toml").write_text(COUPLE)
    (home / "two.toml").write_text(COUPLE.replace("Ana & Ben", "Cleo & Dan"))
    troth("apply", home)
    assert troth("apply", "one.toml").out == "nothing to change\n"


def test_next_has_the_agreed_shape(troth: Run, home: Path) -> None:
    (home / "couple.toml").write_text(
        COUPLE.replace('name = "Ben"', 'name = "Ben"\ntimezone = "America/New_York"')
    )
    start = ("--from", "2026-10-31T12:00", "--count", "2")
    assert json.loads(troth("next", *start, "--json", "couple.toml").out) == [
        {
            "couple": "Ana & Ben",
            "ritual": "goodnight",
            "practice": "evening-check-in",
            "slot": slot,
            "zone": "Europe/Lisbon",
            "due": due,
            "local": {"ana": ana, "ben": ben},
        }
        for slot, due, ana, ben in (
            (
                "2026-10-31T21:30",
                "2026-10-31T21:30:00Z",
                "2026-10-31T21:30:00+00:00",
                "2026-10-31T17:30:00-04:00",
            ),
            (
                "2026-11-01T21:30",
                "2026-11-01T21:30:00Z",
                "2026-11-01T21:30:00+00:00",
                "2026-11-01T16:30:00-05:00",
            ),
        )
    ]


def test_next_starts_with_the_moment_asked_for(troth: Run, home: Path) -> None:
    (home / "couple.toml").write_text(COUPLE)
    out = troth(
        "next", "--from", "2026-11-21T21:30:00+00:00", "--json", "--count", 1, "couple.toml"
    )
    assert json.loads(out.out)[0]["due"] == "2026-11-21T21:30:00Z"


def test_next_needs_no_secrets(troth: Run, home: Path) -> None:
    channel = 'name = "Ben"\nchannels = ["ntfys://ntfy.sh/${BEN_TOPIC}"]'
    (home / "couple.toml").write_text(COUPLE.replace('name = "Ben"', channel))
    assert troth("next", "couple.toml").code == 0


def test_each_zone_has_one_slot_and_two_due_moments(troth: Run, home: Path) -> None:
    text = COUPLE.replace('name = "Ben"', 'name = "Ben"\ntimezone = "America/New_York"')
    (home / "couple.toml").write_text(text + 'zone = "each"\n')
    out = troth("next", "--from", "2026-11-21T00:00", "--json", "--count", 1, "couple.toml").out
    (coming,) = json.loads(out)
    assert coming["zone"] == "each"
    assert coming["due"] == "2026-11-21T21:30:00Z"
    assert coming["local"] == {
        "ana": "2026-11-21T21:30:00+00:00",
        "ben": "2026-11-21T21:30:00-05:00",
    }


def test_the_catalogue_has_the_agreed_shape(troth: Run) -> None:
    listed = json.loads(troth("practices", "--json").out)
    assert len(listed) >= 12
    wanted = {"name", "title", "family", "kind", "why", "origin", "cron", "window", "rule"}
    assert all(wanted <= set(practice) for practice in listed)
    assert json.loads(troth("practices", "date-night", "--json").out)[0]["name"] == "date-night"
    assert troth("practices", "date-nite").is_one_clear_line("'date-night'")


def test_a_folders_own_practice_can_be_used(troth: Run, home: Path) -> None:
    (home / "ours.toml").write_text(
        'family = "Ours"\n[practices.porch]\ntitle = "On the porch"\nkind = "done"\n'
        'why = "It is ours."\norigin = "us"\nhow = "Sit."\ncron = "0 20 * * *"\n'
        'window = "2h"\nrule = "either"\ntexts = ["The porch?", "Two chairs.", "Stars tonight."]\n'
    )
    (home / "couple.toml").write_text(COUPLE.replace("evening-check-in", "porch"))
    assert troth("check", home).code == 0
    assert json.loads(troth("next", home, "--json").out)[0]["practice"] == "porch"


@pytest.mark.parametrize("examples", ["couples", "practices", "languages", "."])
def test_the_shipped_files_are_good(troth: Run, examples: str) -> None:
    from troth.schedules.shipped import shipped_schedules

    result = troth("check", shipped_schedules() / examples)
    assert result.code == 0, result.out
