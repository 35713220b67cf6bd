"""The couple of the model, in the forms that its file takes while everything runs."""

from collections.abc import Mapping
from pathlib import Path

from tests.support.stage import couple_file
from troth.delivery.courier import is_channel_url
from troth.schedules.couple import CoupleSchedule
from troth.schedules.load import load_schedules

TALK = """
[rituals.talk]
practice = "evening-check-in"
cron = "0 */6 * * *"
window = "2h"
rule = "both"
remind = ["20m", "1h"]
"""
COFFEE = """
[rituals.coffee]
practice = "shared-coffee"
cron = "30 19 * * *"
window = "3h"
rule = "each"
zone = "each"
remind = ["30m"]
"""


def _phones(*names: str) -> str:
    urls = {name: f"json://127.0.0.1:9/ana/{name}" for name in names} | {"inbox": "troth://"}
    return f"channels = {[urls[name] for name in names]}"


FIRST, WEST = _phones("inbox", "first"), 'timezone = "America/New_York"'
FILES = {
    "plain": couple_file(TALK + COFFEE, ana=FIRST, ben=WEST),
    "another hour": couple_file(TALK.replace("0 */6", "5 */6") + COFFEE, ana=FIRST, ben=WEST),
    "another phone": couple_file(TALK + COFFEE, ana=_phones("second", "inbox"), ben=WEST),
    "one phone": couple_file(TALK + COFFEE, ana=_phones("first"), ben=WEST),
    "no talk": couple_file(COFFEE, ana=FIRST, ben=WEST),
    "either": couple_file(TALK.replace('"both"', '"either"') + COFFEE, ana=FIRST, ben=WEST),
    "lead": couple_file(
        TALK.replace('"both"', '"lead"\nlead = "alternate"'),
        ana=_phones("first", "inbox"),
        ben=WEST,
    ),
    "quiet": couple_file(
        TALK + COFFEE, ana=f'quiet = "18:10-18:40"\n{FIRST}', ben=f'quiet = "17:00-23:00"\n{WEST}'
    ),
}


def read_files(folder: Path) -> Mapping[str, CoupleSchedule]:
    """Every form of the file, read once: the model applies them hundreds of times."""
    file, read = folder / "couple.toml", {}
    for name, toml in FILES.items():
        file.write_text(toml)
        read[name] = load_schedules([file], is_channel_url).couples[0]
    return read
