"""Buttons of the message itself, and the one click by which a mail program unsubscribes."""

import httpx
import pytest

from tests.support.house import House
from troth.domain.grammar import Verb
from troth.domain.states import ChannelState, OccurrenceState
from troth.store import channels


def test_a_button_answers_and_pressing_again_changes_nothing(
    house: House, web: httpx.Client
) -> None:
    house.wind(hours=2)
    link = house.link("ana", "coffee")
    assert web.post(f"{link}/done").status_code == 204
    after = house.dump()
    assert web.post(f"{link}/done").status_code == 204
    assert house.dump() == after
    assert house.occurrence("ana", "coffee").state is OccurrenceState.KEPT


def test_looking_at_a_button_presses_nothing(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    link, before = house.link("ana", "coffee"), house.dump()
    assert web.get(f"{link}/done").status_code == 405
    assert web.head(f"{link}/stop").status_code == 405
    assert house.dump() == before


@pytest.mark.parametrize("body", [b"List-Unsubscribe=One-Click", b""])
def test_one_click_unsubscribing_stops_the_channel(
    house: House, web: httpx.Client, body: bytes
) -> None:
    house.wind(hours=2)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    stopped = web.post(f"{house.link('ana', 'coffee')}/stop", content=body, headers=form)
    assert stopped.status_code == 204
    with house.store.db.reading() as conn:
        ana = house.partner("ana").id
        states = [each.state for each in channels.channels_of(conn, [ana])[ana]]
    assert states == [ChannelState.STOPPED]


def test_what_a_button_cannot_mean_is_refused(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    link = house.link("ana", "coffee")
    assert web.post(f"{link}/words").status_code == 422
    assert web.post(f"{link}/dance").status_code == 422
    assert web.post(f"/r/{'a' * 32}/done").status_code == 404
    house.wind(days=20)
    assert web.post(f"{link}/done").status_code == 410


def test_the_last_press_holds_and_stop_is_heard_each_time(house: House, web: httpx.Client) -> None:
    house.wind(hours=2)
    link = house.link("ana", "coffee")
    for verb in ("done", "no", "done"):
        assert web.post(f"{link}/{verb}").status_code == 204
    said = house.said("ana", "coffee")
    assert said is not None
    assert said.verb is Verb.DONE
    for verb in ("stop", "start", "stop"):
        assert web.post(f"{link}/{verb}").status_code == 204
    with house.store.db.reading() as conn:
        ana = house.partner("ana").id
        states = [each.state for each in channels.channels_of(conn, [ana])[ana]]
    assert states == [ChannelState.STOPPED]
