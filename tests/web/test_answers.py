"""The page behind a nudge's link."""

import httpx

from tests.support.house import House, form_mark, plain
from troth.domain.grammar import Verb
from troth.domain.states import NudgePurpose, NudgeState, OccurrenceState
from troth.store import nudges

AGREEING = """
couple = "Ana & Ben"
timezone = "Europe/Lisbon"
[partners.ana]
name = "Ana"
[partners.ben]
name = "Ben"
[rituals.agreement]
practice = "expectations"
cron = "0 12 * * mon"
[rituals.goal]
practice = "personal-goal"
cron = "0 12 * * mon"
"""


def test_the_page_tells_what_is_asked_how_and_why(house: House, web: httpx.Client) -> None:
    house.wind(hours=14)
    text = plain(web.get(house.link("ana", "question")).text)
    for told in ("Question of the day", "Take a quiet moment", "Closeness grows", "one word"):
        assert told in text
    steps = plain(web.get(house.link("ana", "hug")).text)
    assert "Arms around each other" in steps
    assert "Begin" in steps


def test_get_never_acts(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    link, before = house.link("ana", "coffee"), house.dump()
    for path in (link, f"{link}?verb=done&rating=3", f"/inbox/{house.inbox_token('ana')}"):
        assert web.get(path).status_code == 200
        web.head(path)
    assert house.dump() == before


def test_post_acts_once_and_repeated_gives_the_same_answer(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    link = house.link("ana", "coffee")
    form = {"verb": "done", "form": form_mark(web.get(link).text)}
    first = web.post(link, data=form)
    after = house.dump()
    again = web.post(link, data=form)
    assert "Coffee together: noted as done." in plain(first.text)
    assert "Coffee together: noted as done." in plain(again.text)
    assert house.dump() == after
    assert house.occurrence("ana", "coffee").state is OccurrenceState.KEPT


def test_another_button_of_the_same_page_is_another_answer(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    link = house.link("ana", "coffee")
    mark = form_mark(web.get(link).text)
    web.post(link, data={"verb": "done", "form": mark})
    assert "skipped" in plain(web.post(link, data={"verb": "skip", "form": mark}).text)
    said = house.said("ana", "coffee")
    assert said is not None
    assert said.verb is Verb.SKIP


def test_later_plans_one_more_nudge(house: House, web: httpx.Client) -> None:
    house.wind(hours=1, minutes=20)
    link = house.link("ana", "coffee")
    assert "you will hear again at 07:50" in plain(web.post(link, data={"later": "30"}).text)
    assert "Later, 07:50" in plain(web.get(link).text)
    house.wind(minutes=31)
    assert house.nudge("ana", "coffee").purpose is NudgePurpose.SNOOZE


def test_only_times_are_offered_at_which_it_still_has_a_use(
    house: House, web: httpx.Client
) -> None:
    house.wind(hours=3)  # coffee is open until 09:15
    page = web.get(house.link("ana", "coffee")).text
    assert 'name="later" value="5"' in page
    assert 'name="later" value="15"' not in page


def test_skip_and_no_are_answers(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    assert "counts neither way" in web.post(house.link("ana", "coffee"), data={"verb": "skip"}).text
    assert "it did not happen" in web.post(house.link("ben", "coffee"), data={"verb": "no"}).text


def test_a_rating_is_taken_by_one_tap(house: House, web: httpx.Client) -> None:
    house.wind(days=6, hours=6)
    link = house.link("ana", "closeness")
    assert web.get(link).text.count('name="rating"') == 10
    assert "noted, 7 of 10" in plain(web.post(link, data={"rating": "7"}).text)
    assert "7 of 10" not in plain(web.get(house.link("ben", "closeness")).text)


def test_words_are_revealed_only_when_both_have_answered(house: House, web: httpx.Client) -> None:
    house.wind(hours=14, minutes=1)
    ana, ben = house.link("ana", "question"), house.link("ben", "question")
    web.post(ana, data={"verb": "words", "words": "The smell of\r\nrain <3"})
    assert "The smell of\nrain &lt;3" in web.get(ana).text, "one's own words are shown"
    assert "The smell of" not in web.get(ben).text
    web.post(ben, data={"verb": "words", "words": "My grandmother's kitchen"})
    for page in (web.get(ana).text, web.get(ben).text):
        assert "The smell of" in page
        assert "My grandmother&#39;s kitchen" in page


def test_a_reason_for_skipping_is_never_shown_to_the_other(house: House, web: httpx.Client) -> None:
    house.wind(hours=14, minutes=1)
    ana, ben = house.link("ana", "question"), house.link("ben", "question")
    web.post(ana, data={"verb": "skip", "words": "too tired of us"})
    web.post(ben, data={"verb": "words", "words": "Something"})
    assert "too tired" not in web.get(ben).text


def test_sealed_words_stay_with_their_writer(house: House, web: httpx.Client) -> None:
    sealed = (house.folder / "couple.toml").read_text()
    house.take_in_file(sealed.replace('visibility = "revealed"', 'visibility = "sealed"'))
    house.wind(hours=15, minutes=45)
    ana, ben = house.link("ana", "goodnight"), house.link("ben", "goodnight")
    web.post(ana, data={"verb": "words", "words": "only mine"})
    web.post(ben, data={"verb": "words", "words": "mine too"})
    assert "only mine" in web.get(ana).text
    assert "only mine" not in web.get(ben).text


def test_begin_starts_the_steps(house: House, web: httpx.Client) -> None:
    house.wind(hours=12, minutes=31)
    link = house.link("ana", "hug")
    assert "begun" in plain(web.post(link, data={"verb": "begin"}).text)
    house.wind(seconds=5)
    assert 'aria-current="step"' in web.get(link).text
    assert "Arms around each other" in plain(web.get(f"/inbox/{house.inbox_token('ben')}").text)


def test_a_new_channel_is_asked_first(house: House, web: httpx.Client) -> None:
    file = (house.folder / "couple.toml").read_text()
    house.take_in_file(file.replace('["troth://"]', '["json://127.0.0.1:9/", "troth://"]', 1))
    link = house.consent_link("ana")
    page = plain(web.get(link).text)
    assert "Is it all right to write to you here?" in page
    assert "Done" not in page
    assert web.post(link, data={"verb": "done"}).status_code == 422
    assert "You will hear from Troth here" in web.post(link, data={"verb": "start"}).text
    assert "You said yes" in plain(web.get(link).text)
    assert "nothing more here" in web.post(link, data={"verb": "stop"}).text


def test_either_may_stop_and_start_again(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    link = house.link("ana", "coffee")
    assert "You will get nothing more here" in web.post(link, data={"verb": "stop"}).text
    assert "Messages on this channel are stopped" in web.get(link).text
    assert "stopped" not in web.get(house.link("ben", "coffee")).text
    house.wind(hours=11)
    assert house.nudge("ana", "coffee").state is NudgeState.SENT, "nothing newer came"
    web.post(link, data={"verb": "start"})
    assert "Stop messages on this channel" in web.get(link).text


def test_a_late_answer_counts_and_an_old_link_has_done_its_work(
    house: House, web: httpx.Client
) -> None:
    house.wind(hours=2)
    link = house.link("ana", "coffee")
    house.wind(days=13)
    assert "Its time is over" in web.get(link).text
    assert "as if it had come earlier" in web.post(link, data={"verb": "done"}).text
    house.wind(days=2)
    before = house.dump()
    for answer in (web.get(link), web.post(link, data={"verb": "no"})):
        assert answer.status_code == 410
        assert "done its work" in answer.text
    assert house.dump() == before
    assert web.post(link, data={"verb": "stop"}).status_code == 200, "stopping is always possible"
    with house.store.db.reading() as conn:
        nudge = nudges.find_nudge(conn, link.removeprefix("/r/"))
    assert nudge is not None


def test_an_answer_page_leads_to_an_inbox_only_for_who_came_from_it(
    house: House, web: httpx.Client
) -> None:
    house.wind(hours=2)
    link, mine, other = (
        house.link("ana", "coffee"),
        house.inbox_token("ana"),
        house.inbox_token("ben"),
    )
    assert mine not in web.get(link).text
    assert web.post(link, data={"verb": "done", "back": "inbox"}).status_code == 200
    assert web.post(link, data={"verb": "done", "back": "demo"}).status_code == 200
    assert web.post(link, data={"verb": "done", "back": other}).status_code == 200
    back = web.post(link, data={"verb": "done", "back": mine})
    assert (back.status_code, back.headers["location"]) == (303, f"/inbox/{mine}")


def test_an_agreement_is_agreed_to_by_a_tap(house: House, web: httpx.Client) -> None:
    house.take_in_file(AGREEING)
    house.wind(hours=7)
    ana, ben = house.link("ana", "agreement"), house.link("ben", "agreement")
    button = "Yes, I stand by these words"
    assert button not in web.get(ben).text
    web.post(ana, data={"verb": "words", "words": "A call when it gets late."})
    assert button not in web.get(ben).text  # it has yet to be brought
    house.wind(minutes=5)
    assert button in web.get(ben).text
    assert "the two of you agree" in plain(web.post(ben, data={"verb": "done"}).text)


def test_a_goal_is_reached_by_a_tap(house: House, web: httpx.Client) -> None:
    house.take_in_file(AGREEING)
    house.wind(hours=7)
    link = house.link("ana", "goal")
    assert "I have reached it" in web.get(link).text
    web.post(link, data={"verb": "words", "words": "Learn to swim"})
    assert "reached" in plain(web.post(link, data={"verb": "reached"}).text)
    assert web.post(house.link("ana", "agreement"), data={"verb": "reached"}).status_code == 422
