"""The pages in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import browsing
from tests.support.house import House
from troth.schedules.demo import demo_couple


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with browsing(chromium_path) as browser:
        yield browser


def test_a_tap_on_done_in_the_inbox_moves_the_score(house: House, browser: Browser) -> None:
    house.wind(hours=2)
    with house.serving() as address:
        page = browser.new_page()
        page.goto(f"{address}/inbox/{house.inbox_token('ana')}")
        page.get_by_role("link", name="Score").click()
        expect(page.get_by_text("Building, 0 of 5")).to_be_visible()
        page.get_by_role("link", name="Back").click()
        page.get_by_role("button", name="Done").click()
        expect(page.get_by_text("Nothing is waiting.")).to_be_visible()
        page.get_by_role("link", name="Score").click()
        expect(page.get_by_text("Building, 1 of 5")).to_be_visible()
        expect(page.get_by_text("Of 1: 1 kept")).to_be_visible()
        page.close()


def test_words_are_written_on_a_page_of_their_own_in_the_demo(
    house: House, browser: Browser
) -> None:
    house.take_in([demo_couple()])
    house.wind(minutes=6)
    with house.serving(demo=True) as address:
        page = browser.new_page()
        page.goto(address)
        page.get_by_role("link", name="Write an answer").first.click()
        page.get_by_label("Your words").fill("Only this: thank you.")
        page.get_by_role("button", name="Keep these words").click()
        expect(page).to_have_url(f"{address}/")
        expect(page.get_by_text("Only this: thank you.")).to_be_visible()
        page.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_scrolls_sideways_and_no_rule_of_the_page_is_broken(
    house: House, browser: Browser, width: int
) -> None:
    house.take_in([demo_couple()])
    house.wind(minutes=7)
    paths = ["/", "/score", "/r/nobody", f"/inbox/{house.inbox_token('ana')}"]
    paths += [house.link("ana", ritual) for ritual in ("closeness", "hug", "question")]
    with house.serving(demo=True) as address:
        page = browser.new_page(viewport={"width": width, "height": 800})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        for path in paths:
            page.goto(address + path)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is {wide} wide"
        page.close()
    assert not [said for said in complaints if "404" not in said]
