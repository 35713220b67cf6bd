"""What every page keeps to: its headers, its size, and no script."""

import sqlite3

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from tests.support.house import House
from tests.support.locking import locked
from tests.web.conftest import Open
from troth.domain.states import OccurrenceState
from troth.store import database
from troth.web.guard import LARGEST_BODY

SAFE = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "x-content-type-options": "nosniff",
}


def every_page(house: House, web: httpx.Client) -> list[httpx.Response]:
    link = house.link("ana", "coffee")
    return [
        web.get("/"),
        web.get(f"/inbox/{house.inbox_token('ana')}"),
        web.get(link),
        web.get(f"/score/{house.inbox_token('ana')}"),
        web.post(link, data={"verb": "done"}),
        web.get("/r/nobody"),
        web.post(link, data={"verb": "dance"}),
        web.post(link, content=b"x" * (LARGEST_BODY + 1)),
        web.put(link),
    ]


def test_every_page_is_kept_from_caches_scripts_and_frames(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    for page in every_page(house, web):
        assert {name: page.headers[name] for name in SAFE} == SAFE
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script" not in policy
        assert "frame-ancestors 'none'" in policy


def test_every_page_is_plain_discreet_and_offers_a_way_out(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    for page in every_page(house, web):
        text = page.text
        assert '<html lang="en">' in text
        assert "<title>Troth</title>" in text
        assert 'href="https://www.wikipedia.org/" rel="noreferrer noopener"' in text
        assert "If you do not feel safe with your partner" in text
        for active in ("<script", "javascript:", " onclick", " onload", " style=", "<iframe"):
            assert active not in text


def test_only_the_demo_renews_itself(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    assert all("http-equiv" not in page.text for page in every_page(house, web))


@pytest.mark.parametrize(
    "fault",
    [
        RuntimeError("a secret detail"),
        OperationalError("SELECT a secret detail", None, sqlite3.OperationalError("no UTF-8")),
    ],
)
def test_a_fault_of_ours_is_a_page_without_a_trace(
    house: House, web: httpx.Client, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fails(*_: object) -> None:
        raise fault

    monkeypatch.setattr("troth.web.inbox.cards_of", fails)
    page = web.get(f"/inbox/{house.inbox_token('ana')}")
    assert page.status_code == 500
    assert "secret detail" not in page.text
    assert page.headers["cache-control"] == "no-store"


def test_an_answer_that_a_busy_store_can_not_take_is_told_so_and_may_be_sent_again(
    house: House, web: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.wind(hours=2)
    link = house.link("ana", "coffee")
    with locked(house.folder / "troth.db"), monkeypatch.context() as hurried:
        hurried.setattr(database, "BUSY_MS", 100)
        page = web.post(link, data={"verb": "done"})
        button = web.post(f"{link}/done")
        looked = web.get(link)
    assert [answer.status_code for answer in (page, button, looked)] == [503, 503, 200]
    assert "either kept whole or not at all" in page.text
    assert "locked" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert web.post(link, data={"verb": "done"}).status_code == 200
    assert house.occurrence("ana", "coffee").state is OccurrenceState.KEPT


HOSTILE = {
    "16 KB of words": (b"verb=words&words=" + b"a" * 16_384, 413),
    "a little too many words": (b"verb=words&words=" + b"a" * 4_097, 413),
    "a huge rating": (b"rating=" + b"9" * 5_000, 422),
    "rating 11": (b"rating=11", 422),
    "rating 0": (b"rating=0", 422),
    "half a rating": (b"rating=7.5", 422),
    "no rating": (b"verb=rating", 422),
    "an unknown verb": (b"verb=drop+table", 422),
    "a verb of replies that is no button": (b"verb=help", 422),
    "nothing": (b"", 422),
    "only spaces": (b"verb=words&words=+++%0a", 422),
    "later in a year": (b"later=525600", 422),
    "later in 17 minutes": (b"later=17", 422),
    "bytes that are no text": (bytes(range(256)) * 8, 422),
    "a mark with a line end": (b"verb=done&form=a%0d%0ab", 422),
    "a mark too long": (b"verb=done&form=" + b"a" * 500, 422),
    "far too much": (b"words=" + b"a" * LARGEST_BODY, 413),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_input_is_a_friendly_page_and_changes_nothing(
    house: House, web: httpx.Client, case: str
) -> None:
    house.wind(hours=14, minutes=1)
    link, before = house.link("ana", "question"), house.dump()
    body, status = HOSTILE[case]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = web.post(link, content=body, headers=form)
    assert answer.status_code == status
    assert "Nothing was changed" in answer.text
    assert house.dump() == before


def test_binary_words_are_cleaned_and_kept(house: House, web: httpx.Client) -> None:
    house.wind(hours=14, minutes=1)
    link = house.link("ana", "question")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"verb=words&words=%00%01hello%ff%1b%5b31m%ed%a0%80"
    assert web.post(link, content=body, headers=form).status_code == 200
    said = house.said("ana", "question")
    assert said is not None
    assert said.words_sealed is not None
    words = house.store.vault.open(said.words_sealed)
    assert words.startswith("hello")
    assert "\x00" not in words
    assert "\x1b" not in words


def test_a_file_in_place_of_a_field_is_refused(house: House, web: httpx.Client) -> None:
    house.wind(hours=14, minutes=1)
    link = house.link("ana", "question")
    assert web.post(link, files={"words": b"\x00" * 100}).status_code == 422
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert web.post(link, content=b"--y\r\n", headers=broken).status_code in (400, 422)


def test_a_body_without_a_length_is_cut_off_too(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    chunks = (b"a" * 8_192 for _ in range(64))
    assert web.post(house.link("ana", "coffee"), content=chunks).status_code == 413


def test_the_style_may_be_kept_by_a_browser(web: httpx.Client) -> None:
    style = web.get("/static/troth.css")
    assert style.status_code == 200
    assert "public" in style.headers["cache-control"]
    assert web.get("/static/../pages.py").status_code == 404


def test_no_list_of_routes_is_published(open_pages: Open) -> None:
    web = open_pages()
    assert {web.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")} == {404}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/in/gateway", "/"])
def test_no_method_brings_a_body_of_any_size(web: httpx.Client, method: str, path: str) -> None:
    pieces = iter([b"x" * LARGEST_BODY] * 100)
    assert web.request(method, path, content=pieces).status_code == 413
