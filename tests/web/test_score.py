"""The score page: the couple's, with its denominators, and no person's."""

import re

import httpx

from tests.support.house import House, plain
from troth.web.pages import points


def score_page(house: House, web: httpx.Client, key: str = "ana") -> str:
    page = web.get(f"/score/{house.inbox_token(key)}")
    assert page.status_code == 200
    return plain(page.text)


def test_it_is_building_until_there_is_enough_and_then_a_number(
    house: House, web: httpx.Client
) -> None:
    assert "Building, 0 of 5" in score_page(house, web)
    for _ in range(5):
        house.wind(hours=2)
        web.post(house.link("ana", "coffee"), data={"verb": "done"})
        house.wind(hours=22)
    text = score_page(house, web)
    assert "Building" not in text
    score = house.score()
    assert score is not None
    assert f"{points(score)} of 100, from 18 moments" in text
    assert "Of 5: 5 kept" in text


def test_done_moves_the_score(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    web.post(house.link("ana", "coffee"), data={"verb": "done"})
    assert "Building, 1 of 5" in score_page(house, web)
    assert "Of 1: 1 kept" in score_page(house, web)


def test_what_was_missed_and_what_is_not_counted_are_told_apart(
    house: House, web: httpx.Client
) -> None:
    house.wind(hours=2)
    for key in ("ana", "ben"):
        web.post(house.link(key, "coffee"), data={"verb": "skip"})
    house.wind(hours=26)
    text = score_page(house, web)
    assert "Of 1: 0 kept, 1 missed · 1 not counted" in text


def test_both_partners_read_the_same_and_nobody_is_named_alone(
    house: House, web: httpx.Client
) -> None:
    house.wind(hours=14, minutes=1)
    web.post(house.link("ana", "question"), data={"verb": "words", "words": "hers"})
    house.wind(hours=30)
    pages = [score_page(house, web, key) for key in ("ana", "ben")]
    assert pages[0] == pages[1]
    assert not re.findall(r"Ana\b(?! & Ben)|(?<!& )\bBen\b", pages[0])
    for word in ("streak", "blame", "failed", "fault", "because of"):
        assert word not in pages[0].casefold()
