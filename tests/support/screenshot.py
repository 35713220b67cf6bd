"""Takes the README's picture of the demo: `python -m tests.support.screenshot docs/inbox.png`.

The pages run, the nudges are real and so are the answers; only the clock is wound by hand. More
pages are taken where a folder is given in place of a file.
"""

import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import httpx
from playwright.sync_api import Browser

from tests.support.browser import browsing, find_browser
from tests.support.house import House, house_in
from troth.logs import set_up_logs
from troth.schedules.demo import demo_couple

FRIDAY_EVENING = datetime(2026, 3, 6, 20, 59, tzinfo=UTC)
LAPTOP, PHONE = (1280, 960), (390, 844)
RITUALS = ("coffee", "hug", "question", "goodnight", "date-night", "closeness")
UNSAID = {
    *((0, key, "hug") for key in ("ana", "ben")),
    (3, "ben", "hug"),
    *((3, key, "date-night") for key in ("ana", "ben")),
    (3, "ben", "closeness"),
}
WORDS = {
    "ana": "Best: the sun on the stairs. Hardest: the meeting that would not end.",
    "ben": "Best: your note in my bag. Hardest: the rain, and no umbrella.",
}


def main(target: Path) -> None:
    set_up_logs("console", "error")
    program = find_browser()
    if program is None:
        sys.exit("no browser on this machine; install chromium")
    with tempfile.TemporaryDirectory() as folder, house_in(Path(folder), FRIDAY_EVENING) as house:
        house.take_in([demo_couple()])
        with house.serving(demo=True) as address, browsing(program) as browser:
            live_an_evening(house, address)
            if target.suffix == ".png":
                take(browser, f"{address}/", target, LAPTOP, "light")
            else:
                take_everything(browser, house, address, target)


def live_an_evening(house: House, address: str) -> None:
    """Let the rituals come, a minute apart, and answer most of them, as a couple would."""
    for turn in range(4):
        for ritual in RITUALS:
            house.wind(minutes=1)
            for key in ("ana", "ben"):
                if (turn, key, ritual) not in UNSAID:
                    answer(house, address, key, ritual)


def answer(house: House, address: str, key: str, ritual: str) -> None:
    form: dict[str, str] = {"verb": "done"}
    if ritual in ("question", "goodnight"):
        form = {"verb": "words", "words": WORDS[key]}
    if ritual == "closeness":
        form = {"rating": "8"}
    page = httpx.post(address + house.link(key, ritual), data=form)
    page.raise_for_status()


def take_everything(browser: Browser, house: House, address: str, folder: Path) -> None:
    """Every page on both screens, by day and by night."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "demo": "/",
        "inbox": f"/inbox/{house.inbox_token('ana')}",
        "question": house.link("ben", "question"),
        "hug": house.link("ben", "hug"),
        "goodnight": house.link("ana", "goodnight"),
        "score": "/score",
        "nothing": "/r/nothing",
    }
    for name, path in pages.items():
        for scheme in ("light", "dark"):
            for size, of in ((LAPTOP, "laptop"), (PHONE, "phone")):
                take(browser, address + path, folder / f"{name}-{of}-{scheme}.png", size, scheme)


def take(browser: Browser, address: str, file: Path, size: tuple[int, int], scheme: str) -> None:
    shape = {"width": size[0], "height": size[1]}
    page = browser.new_page(
        viewport=shape,  # type: ignore[arg-type] # a plain dict is one
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=2 if re.search(r"docs/", str(file)) else 1,
    )
    page.goto(address)
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=file, full_page=size == PHONE)
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/inbox.png"))
