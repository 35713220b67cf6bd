"""The built-in inbox, and the demo that shows both."""

import httpx
import pytest

from tests.support.house import House, plain
from tests.web.conftest import OTHERS, Open
from troth.domain.states import NudgePurpose
from troth.schedules.demo import demo_couple


def inbox_of(house: House, web: httpx.Client, key: str) -> str:
    page = web.get(f"/inbox/{house.inbox_token(key)}")
    assert page.status_code == 200
    return page.text


def test_a_nudge_lies_in_its_partners_inbox_with_its_answers(
    house: House, web: httpx.Client
) -> None:
    assert "Nothing is waiting" in inbox_of(house, web, "ana")
    house.wind(hours=2)
    page = inbox_of(house, web, "ana")
    assert "Coffee together" in plain(page)
    assert "07:15, open until 09:15" in plain(page)
    assert house.link("ana", "coffee") in page
    assert house.link("ben", "coffee") not in page


def test_reminders_of_one_occurrence_are_one_card(house: House, web: httpx.Client) -> None:
    house.wind(hours=16, minutes=20)  # goodnight at 21:30, its reminder at 22:15
    assert house.nudge("ana", "goodnight").purpose is NudgePurpose.REMINDER
    assert inbox_of(house, web, "ana").count("<h3>Goodnight</h3>") == 1


def test_an_answer_leads_back_and_the_card_shows_it(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    token = house.inbox_token("ana")
    answer = web.post(house.link("ana", "coffee"), data={"verb": "done", "back": token})
    assert answer.status_code == 303
    page = web.get(answer.headers["location"]).text
    assert '<span class="tag good">Done</span>' in page
    assert "Nothing is waiting" in page


def test_nobody_sees_that_the_other_has_not_answered(house: House, web: httpx.Client) -> None:
    house.wind(hours=14, minutes=1)
    untouched = plain(inbox_of(house, web, "ben"))
    web.post(house.link("ana", "question"), data={"verb": "words", "words": "hers"})
    assert plain(inbox_of(house, web, "ben")) == untouched
    house.wind(hours=10)
    assert "Over" in plain(inbox_of(house, web, "ben"))
    for word in ("Ben has", "Ana has", "did not answer", "ignored", "snoozed"):
        assert word not in plain(inbox_of(house, web, "ana"))
        assert word not in plain(inbox_of(house, web, "ben"))


def test_nothing_of_another_couple_is_visible(house: House, web: httpx.Client) -> None:
    house.take_in_file(OTHERS, "others.toml")
    house.wind(hours=2)
    ours = inbox_of(house, web, "ana") + web.get(f"/score/{house.inbox_token('ana')}").text
    assert "Tea of the others" not in ours
    theirs = house.inbox_token("cleo", "Cleo & Dan")
    link = house.link("cleo", "tea", "Cleo & Dan")
    for page in (web.get(f"/inbox/{theirs}").text, web.get(link).text):
        assert "Tea of the others" in page
        assert "Ana" not in page
    assert web.post(house.link("ana", "coffee"), data={"verb": "done", "back": theirs}).is_success


def test_a_stopped_inbox_can_be_started_again(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    web.post(house.link("ana", "coffee"), data={"verb": "stop"})
    assert "Let them come again" in inbox_of(house, web, "ana")


def test_an_unknown_address_and_a_bare_one_show_nothing(house: House, web: httpx.Client) -> None:
    unknown = [web.get(f"/{kind}/nobody") for kind in ("inbox", "r", "score")]
    unknown.append(web.post("/r/nobody", data={"verb": "done"}))
    unknown.append(web.get("/no/such/page"))
    assert {answer.status_code for answer in unknown} == {404}
    assert len({answer.text for answer in unknown}) == 1
    bare = web.get("/")
    assert bare.status_code == 200
    assert "an address of your own" in bare.text
    assert "Ana" not in bare.text
    assert web.get("/score").status_code == 404


def test_the_demo_shows_both_inboxes_and_renews_itself(house: House, open_pages: Open) -> None:
    web = open_pages(demo=True)
    house.take_in([demo_couple()])
    house.wind(minutes=6)
    page = web.get("/").text
    assert '<meta http-equiv="refresh" content="5">' in page
    assert page.index(">Ana</h2>") < page.index(">Ben</h2>")
    assert house.link("ana", "hug") in page
    assert house.link("ben", "hug") in page
    assert "building, 0 of 5" in plain(page)
    assert "<textarea" not in page, "what one writes would go when the page renews itself"
    answer = web.post(house.link("ana", "hug"), data={"verb": "done", "back": "demo"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert '<span class="tag good">Done</span>' in web.get("/").text
    assert "building, 1 of 5" in plain(web.get("/").text)


def test_the_demo_waits_for_its_couple(house: House, open_pages: Open) -> None:
    web = open_pages(demo=True)
    assert web.get("/").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[", "a@b:c"])
def test_the_demo_answers_to_its_own_names_only(house: House, open_pages: Open, host: str) -> None:
    refused = open_pages(demo=True).get("/", headers={"Host": host})
    assert refused.status_code == 421
    assert house.inbox_token("ana") not in refused.text
    assert "Ana" not in refused.text


@pytest.mark.parametrize("host", ["localhost:8787", "127.0.0.1", "[::1]:8787", "LOCALHOST"])
def test_the_demo_answers_at_home(open_pages: Open, host: str) -> None:
    assert open_pages(demo=True).get("/", headers={"Host": host}).status_code == 200


def test_outside_of_the_demo_every_host_is_served(web: httpx.Client) -> None:
    assert web.get("/", headers={"Host": "troth.example"}).status_code == 200


def test_anything_can_be_said_in_the_inbox_and_the_same_form_counts_once(
    house: House, web: httpx.Client
) -> None:
    address = f"/inbox/{house.inbox_token('ana')}"
    said = {"text": "thanks for the tea", "form": "f1"}
    for _ in range(2):
        page = web.post(address, data=said)
        assert page.status_code == 200
        assert "thanks" in plain(page.text)
    house.wind(hours=2)
    assert "noted as done" in plain(web.post(address, data={"text": "done", "form": "f2"}).text)
    assert web.post(address, data={"text": "", "form": "f3"}).status_code == 422
    assert web.post("/inbox/nobody", data=said).status_code == 404
    assert house.said("ana", "coffee") is not None
