"""What a page shows of an occurrence's content, and what can be answered there."""

import httpx
import pytest

from tests.support.house import House, plain
from troth.domain.grammar import Verb
from troth.engine.telling import tell
from troth.store import occasions
from troth.store.occasions import Occasion

MANY = """
couple = "Ana & Ben"
timezone = "Europe/Lisbon"
[partners.ana]
name = "Ana"
nudges_a_day = 24
[partners.ben]
name = "Ben"
nudges_a_day = 24
[rituals.resting]
practice = "relaxation-measurement"
cron = "0 7 * * *"
[rituals.closeness]
practice = "closeness-rating"
cron = "0 7 * * *"
[rituals.words]
practice = "couple-lexicon"
cron = "0 7 * * *"
[rituals.question]
practice = "question-of-the-day"
cron = "0 7 * * *"
[rituals.week]
practice = "shared-calendar"
cron = "0 9 * * *"
"""


@pytest.fixture
def morning(house: House) -> House:
    """It is 07:10, and everything but the week's look has come."""
    house.take_in_file(MANY)
    house.wind(hours=1, minutes=10)
    return house


def answer(web: httpx.Client, link: str, **data: str) -> str:
    sent = web.post(link, data=data)
    assert sent.status_code == 200
    return plain(sent.text)


def test_a_number_has_a_field_and_is_kept_with_its_unit(morning: House, web: httpx.Client) -> None:
    link = morning.link("ana", "resting")
    page = web.get(link).text
    assert 'name="number"' in page
    assert "Your number, in ms" in plain(page)
    assert "62.5 ms" in answer(web, link, number="62,5")
    kept = morning.said("ana", "resting")
    assert kept is not None
    assert (kept.verb, kept.number) == (Verb.NUMBER, 62.5)
    for wrong in ("", "many", "-4", "1e9"):
        assert web.post(link, data={"number": wrong}).status_code == 422


def test_numbers_are_seen_once_both_share_them(morning: House, web: httpx.Client) -> None:
    ana, ben = (morning.link(key, "closeness") for key in ("ana", "ben"))
    answer(web, ana, rating="7")
    assert "Share my number" in answer(web, ben, rating="4")
    answer(web, ana, verb="share")
    assert "Ana 7" not in plain(web.get(ben).text)
    shown = answer(web, ben, verb="share")
    assert "Ana 7 Ben 4" in shown
    morning.wind(minutes=1)
    brought = morning.nudge("ana", "closeness")
    assert brought.purpose == "share"
    assert "Ana 7 Ben 4" in plain(web.get(morning.link("ana", "closeness")).text)


def test_what_the_other_wrote_stands_behind_the_nudge_that_brings_it(
    morning: House, web: httpx.Client
) -> None:
    answer(web, morning.link("ana", "words"), verb="words", words="snorkling: to sleep late")
    morning.wind(minutes=1)
    assert morning.nudge("ben", "words").purpose == "share"
    assert "snorkling: to sleep late" in web.get(morning.link("ben", "words")).text


def test_another_card_is_a_button(morning: House, web: httpx.Client) -> None:
    link = morning.link("ana", "question")
    before = morning.occurrence("ana", "question").prompt
    assert "Another card" in plain(web.get(link).text)
    assert "a different card is on its way" in answer(web, link, verb="another")
    assert morning.occurrence("ana", "question").prompt != before
    assert web.post(morning.link("ana", "closeness"), data={"verb": "another"}).status_code == 422


def test_a_review_shows_its_digest_and_takes_words(morning: House, web: httpx.Client) -> None:
    morning.wind(hours=2)
    link = morning.link("ana", "week")
    page = plain(web.get(link).text)
    assert "Coming up: 2026-03-03: 07:00" in page
    assert "How close we felt" in page  # on its own page even what is intimate has its name
    assert "Done, without words" in page
    assert "your words are kept" in answer(web, link, verb="words", words="protect Wednesday")


def test_choices_are_buttons(morning: House, web: httpx.Client) -> None:
    choices = {"sea": "By the sea", "wood": "Into the wood"}
    link = morning.offer("question", choices)
    page = web.get(link).text
    for key, label in choices.items():
        assert f'name="choice" value="{key}"' in page
        assert label in page
    assert web.post(link, data={"choice": "moon"}).status_code == 422
    assert "Into the wood" in answer(web, link, choice="wood")
    kept = morning.said("ana", "question")
    assert kept is not None
    assert kept.choice == "wood"


def test_what_troth_says_of_its_own_stands_on_its_page_and_asks_for_nothing(
    morning: House, web: httpx.Client
) -> None:
    couple = morning.couple()
    with morning.store.db.writing() as conn:
        tell(conn, morning.store.vault, couple, {"ana": "Thirty of them."}, morning.clock.now())
    morning.wind(minutes=1)
    page = plain(web.get(morning.newest_link("ana")).text)
    assert "Thirty of them." in page
    assert "Its time is over" not in page
    assert "Not this time" not in page
    assert "Thirty of them." in plain(web.get(f"/inbox/{morning.inbox_token('ana')}").text)
    assert "Thirty of them." not in plain(web.get(f"/inbox/{morning.inbox_token('ben')}").text)


def test_what_an_occurrence_is_about_is_read_by_who_was_asked(
    morning: House, web: httpx.Client
) -> None:
    about = Occasion(
        morning.couple().id,
        "storytelling",
        morning.clock.now(),
        topic_sealed=morning.store.vault.seal("the night train"),
    )
    with morning.store.db.writing() as conn:
        occasions.plan_occasion(conn, about)
    morning.wind(minutes=1)
    assert "the night train" in web.get(morning.newest_link("ana")).text
    assert "the night train" not in morning.dump()
