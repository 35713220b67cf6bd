"""Bad input is one clear line with the mend, a non-zero exit, and nothing changed."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from troth.settings import MOST_CONCURRENCY, MOST_PROCESSES, MOST_THREADS

COUPLE = """\
couple = "Ana & Ben"
timezone = "Europe/Lisbon"

[partners.ana]
name = "Ana"

[partners.ben]
name = "Ben"

[rituals.goodnight]
practice = "evening-check-in"
cron = "30 21 * * *"
"""

MISTAKES = {
    "unknown key": ('cron = "30', 'corn = "30', ":12: rituals.goodnight.corn:", "'cron'"),
    "unknown top key": ('timezone = "E', 'timezon = "E', ":2: timezon:", "'timezone'"),
    "unknown partner key": ('name = "Ben"', 'nmae = "Ben"', ":8: partners.ben.nmae:", "'name'"),
    "six fields": ("30 21 * * *", "0 30 21 * * *", ":12: rituals.goodnight.cron:", "five fields"),
    "random field": ("30 21 * * *", "R 21 * * *", ":12: rituals.goodnight.cron:", "random"),
    "impossible date": ("30 21 * * *", "0 0 31 2 *", ":12: rituals.goodnight.cron:", "no moment"),
    "too often": ("30 21 * * *", "*/4 * * * *", ":12: rituals.goodnight.cron:", "5 minutes"),
    "unknown zone": ("Europe/Lisbon", "Europe/Lisbo", ":2: timezone:", "'Europe/Lisbon'"),
    "one name twice": ('"Ben"', '"Ana"', ":8: partners.ben.name:", "both partners"),
    "unknown practice": (
        "evening-check-in",
        "evening-chekin",
        ":11: rituals.goodnight.practice:",
        "'evening-check-in'",
    ),
    "refused channel": (
        'name = "Ben"',
        'name = "Ben"\nchannels = ["secretword"]',
        ":9: partners.ben.channels.0:",
        "Apprise",
    ),
    "missing variable": (
        'name = "Ben"',
        'name = "Ben"\nchannels = ["ntfys://ntfy.sh/${BEN_TOPIC}"]',
        ":9: partners.ben.channels.0:",
        "BEN_TOPIC",
    ),
    "not TOML": ('couple = "Ana & Ben"', "couple = Ana", ":1: ", "not TOML"),
    "a zone that is nobody's": (
        'cron = "30 21 * * *"',
        'cron = "30 21 * * *"\nzone = "bne"',
        ":13: rituals.goodnight.zone:",
        "'ben'",
    ),
    "an unknown rule": (
        'cron = "30 21 * * *"',
        'cron = "30 21 * * *"\nrule = "ether"',
        ":13: rituals.goodnight.rule:",
        "'either'",
    ),
    "a bad length of time": (
        'cron = "30 21 * * *"',
        'cron = "30 21 * * *"\nwindow = "soon"',
        ":13: rituals.goodnight.window:",
        "2h",
    ),
    "a bad time of day": (
        'timezone = "Europe/Lisbon"',
        'timezone = "Europe/Lisbon"\nday_starts = "4"',
        ":3: day_starts:",
        "04:00",
    ),
    "bad quiet hours": (
        'name = "Ben"',
        'name = "Ben"\nquiet = "night"',
        ":9: partners.ben.quiet:",
        "23:00",
    ),
    "a missing key": ('couple = "Ana & Ben"\n', "", ":1: couple:", "needed"),
    "a control character": ('"Ben"', '"Ben\\u0000"', ":8: partners.ben.name:", "control"),
    "Troth's own key": (
        'name = "Ben"',
        'name = "Ben"\nchannels = ["json://h/${TROTH_SECRET_KEY}"]',
        ":9: partners.ben.channels.0:",
        "TROTH_SECRET_KEY",
    ),
    "an open brace": (
        'name = "Ben"',
        'name = "Ben"\nchannels = ["ntfy://h/${BEN"]',
        ":9: partners.ben.channels.0:",
        "brace",
    ),
    "a day out of time": (
        'cron = "30 21 * * *"',
        'cron = "30 21 * * *"\nfrom = 9999-12-31',
        ":13: rituals.goodnight.from:",
        "2100",
    ),
    "an unknown language": (
        'timezone = "Europe/Lisbon"',
        'timezone = "Europe/Lisbon"\nlanguage = "xx"',
        ":3: language:",
        "en",
    ),
    "nested too deeply": ('couple = "Ana & Ben"', "couple = " + "[" * 5_000, ":1: ", "deep"),
    "three partners": ("[rituals.", '[partners.cy]\nname = "Cy"\n[rituals.', ":4: partners:", "2"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_file_line_key_and_mend(
    mistake: str, troth: Run, home: Path
) -> None:
    right, wrong, place, mend = MISTAKES[mistake]
    file = home / "couple.toml"
    file.write_text(COUPLE.replace(right, wrong, 1))
    result = troth("check", file)
    assert result.is_one_clear_line(f"{file}{place}", mend), result


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_leaves_what_runs_untouched(mistake: str, troth: Run, home: Path) -> None:
    file = home / "couple.toml"
    file.write_text(COUPLE)
    assert troth("apply", file).code == 0
    before = troth("next", "--from", "2026-11-21T00:00", "--json", file).out
    right, wrong, _, _ = MISTAKES[mistake]
    (home / "bad.toml").write_text(COUPLE.replace(right, wrong, 1))
    refused = troth("apply", home / "bad.toml")
    assert refused.is_one_clear_line("bad.toml"), refused
    assert troth("apply", file).out == "nothing to change\n"
    assert troth("next", "--from", "2026-11-21T00:00", "--json", file).out == before


def test_a_secret_in_a_channel_is_never_shown(troth: Run, home: Path) -> None:
    file = home / "couple.toml"
    channel = 'name = "Ben"\nchannels = ["nosuch://user:hunter2@example.org"]'
    file.write_text(COUPLE.replace('name = "Ben"', channel))
    result = troth("check", file)
    assert result.code == 1
    assert "hunter2" not in result.out + result.err


def test_every_mistake_is_told_at_once(troth: Run, home: Path) -> None:
    file = home / "couple.toml"
    file.write_text(COUPLE.replace("30 21", "61 21").replace('timezone = "E', 'timezone = "X'))
    (home / "other.toml").write_text("nothing = 1\n")
    lines = troth("check", home).out.splitlines()
    assert any("couple.toml:2: timezone:" in line for line in lines), lines
    assert any("other.toml:1: nothing:" in line for line in lines), lines


def test_an_empty_folder_is_no_schedule(troth: Run, home: Path) -> None:
    for command in ("check", "apply", "next"):
        assert troth(command, home).is_one_clear_line(str(home), "troth init"), command


def test_a_path_that_is_not_there_is_named(troth: Run) -> None:
    assert troth("check", "nowhere").is_one_clear_line("nowhere", "no such file")


def test_a_binary_file_is_no_schedule(troth: Run, home: Path) -> None:
    (home / "couple.toml").write_bytes(bytes(range(128, 256)) * 64)
    assert troth("check", home).is_one_clear_line("couple.toml:1:", "UTF-8")


def test_one_couple_in_two_files_is_told(troth: Run, home: Path) -> None:
    for name in ("one.toml", "two.toml"):
        (home / name).write_text(COUPLE)
    assert troth("check", home).is_one_clear_line("two.toml:1: couple:", "one.toml")


def test_usage_errors_exit_with_2(troth: Run) -> None:
    assert troth("check").code == 2
    assert troth("nosuchcommand").code == 2
    assert troth("next", "--from", "yesterday", "x").code in (1, 2)


def test_a_worker_on_greenlets_and_on_threads_is_a_usage_error(troth: Run) -> None:
    result = troth("worker", "--concurrency", 8, "--threads", 4)
    assert result.code == 2
    assert "either --concurrency or --threads" in result.err


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("processes", MOST_PROCESSES),
        ("concurrency", MOST_CONCURRENCY),
        ("threads", MOST_THREADS),
    ],
)
def test_an_option_is_bounded_as_its_setting_is(
    troth: Run, monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    result = troth("worker", f"--{name}", most + 1)
    assert result.code == 2
    assert str(most) in result.err
    monkeypatch.setenv(f"TROTH_{name.upper()}", str(most + 1))
    assert troth("score").is_one_clear_line(f"TROTH_{name.upper()}", str(most))
