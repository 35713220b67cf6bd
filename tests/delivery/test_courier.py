"""A send comes to Sent, TryAgain or Refused, and never shows where it went."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.phones import HANG_UP, Phones
from tests.support.ports import free_port
from troth.clock import SystemClock
from troth.delivery.courier import Courier, is_channel_url
from troth.delivery.outcome import Message, Outcome, Refused, Sent, TryAgain
from troth.delivery.provider import scheme_of

Laid = list[tuple[int, int, str, str]]


@pytest.fixture
def phones() -> Iterator[Phones]:
    with Phones(SystemClock().now).switched_on() as phones:
        yield phones


@pytest.fixture
def laid() -> Laid:
    return []


@pytest.fixture
def courier(laid: Laid) -> Courier:
    return Courier(lambda *letter: laid.append(letter))


def message(url: str) -> Message:
    return Message(url, "Coffee", "Two cups?", nudge_id=42, partner_id=7)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Sent),
        (400, Refused),
        (401, Refused),
        (403, Refused),
        (404, Refused),
        (408, TryAgain),
        (429, TryAgain),
        (500, TryAgain),
        (503, TryAgain),
        (HANG_UP, TryAgain),
    ],
)
def test_what_a_provider_answers_decides(
    courier: Courier, phones: Phones, status: int, outcome: type[Outcome]
) -> None:
    phones.answers["/ana"] = status
    assert isinstance(courier.send(message(f"{phones.url}/ana")), outcome)
    assert phones.calls == ["/ana"]


def test_a_provider_that_is_not_there_is_tried_again(courier: Courier) -> None:
    outcome = courier.send(message(f"json://127.0.0.1:{free_port()}/"))
    assert outcome == TryAgain("the provider could not be reached", may_have_left=False)


def test_title_and_text_arrive_as_they_were(courier: Courier, phones: Phones) -> None:
    courier.send(message(f"{phones.url}/ana"))
    (heard,) = phones.heard
    assert (heard.title, heard.body) == ("Coffee", "Two cups?")


def test_a_redirect_is_not_followed(courier: Courier, phones: Phones) -> None:
    phones.answers["/ana"] = 307
    assert not isinstance(courier.send(message(f"{phones.url}/ana")), Sent)
    assert phones.calls == ["/ana"]


@pytest.mark.parametrize("url", ["nosuch://host/", "not a url", "", "json://", "mailto://"])
def test_what_apprise_does_not_take_is_refused(courier: Courier, url: str) -> None:
    assert not is_channel_url(url)
    assert isinstance(courier.send(message(url)), Refused)


def test_a_channel_of_several_places_is_never_sent_twice(courier: Courier) -> None:
    url = f"ntfy://127.0.0.1:{free_port()}/one/two?image=no"
    assert is_channel_url(url)
    assert isinstance(courier.send(message(url)), Refused)


def test_the_inbox_gets_what_is_addressed_to_its_partner(courier: Courier, laid: Laid) -> None:
    assert courier.send(message("troth://")) == Sent()
    assert laid == [(7, 42, "Coffee", "Two cups?")]


def test_a_plugin_that_fails_is_tried_again_without_its_words(phones: Phones) -> None:
    def broken(*_letter: Any) -> None:
        raise RuntimeError("hunter2")

    outcome = Courier(broken).send(message("troth://"))
    assert isinstance(outcome, TryAgain)
    assert "hunter2" not in repr(outcome)


def test_no_log_line_and_no_outcome_shows_the_channel(
    courier: Courier, phones: Phones, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    phones.answers["/secret-path"] = 403
    sent = message(phones.url.replace("json://", "json://user:hunter2@") + "/secret-path")
    told = repr(courier.send(sent)) + repr(sent) + caplog.text
    assert "hunter2" not in told
    assert "secret-path" not in told


@pytest.mark.parametrize(
    ("url", "scheme"),
    [
        ("NTFYS://ntfy.sh/topic", "ntfys"),
        ("mailto://a:b@c", "mailto"),
        ("no scheme at all", "unknown"),
        ("x y://z", "unknown"),
    ],
)
def test_of_a_channel_only_the_scheme_is_shown(url: str, scheme: str) -> None:
    assert scheme_of(url) == scheme
