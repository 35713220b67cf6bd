"""Answers by Signal, as signal-cli-rest-api hands them out."""

from typing import Any

import pytest
from pydantic import ValidationError

from tests.support.listening import listening
from tests.support.scripted import scripted
from troth.domain.incoming import Address, AddressKind
from troth.inbound.signal_rest import SignalListener, SignalSettings, read_envelope

OURS, ALEX = "+15550199", "+15550100"
STRANGE = "5cc6c8a1-9f1b-4a0e-a6c1-2d6d8f6c1f11"


def envelope(stamp: int = 1_577_882_096_000, **data: Any) -> dict[str, Any]:
    told = {"source": ALEX, "sourceNumber": ALEX, "sourceUuid": STRANGE, "timestamp": stamp}
    return {"envelope": {**told, "dataMessage": data}, "account": OURS}


def test_answers_are_taken_in_order_and_polled_for_again() -> None:
    with scripted() as provider:
        listener = SignalListener(SignalSettings(url=provider.url, number=OURS))
        with listening(listener) as ear:
            provider.say([envelope(1, message="done"), envelope(2, message="8 lovely")])
            provider.say({"error": "a mode that takes no polls"}, 400)
            provider.say([envelope(3, message="later")])
            assert [ear.next().text for _ in range(3)] == ["done", "8 lovely", "later"]
            provider.end()
        assert provider.next_asked().path == "/v1/receive/%2B15550199"


def test_what_was_handed_out_is_recorded_even_while_we_stop() -> None:
    with scripted() as provider:
        listener = SignalListener(SignalSettings(url=provider.url, number=OURS))
        with listening(listener) as ear:
            ear.shut.set()
            provider.say([envelope(1, message="one"), envelope(2, message="two")])
            assert ear.refused.acquire(timeout=30)
            ear.stop_soon()
            ear.shut.clear()
        assert "two" in [one.text for one in ear.taken()]


def test_a_quote_and_a_reaction_are_read() -> None:
    quoted = {"id": 1, "authorNumber": OURS, "text": "Hold each other."}
    reply = read_envelope(envelope(message="we did", quote=quoted), OURS)
    assert reply is not None
    assert (reply.text, reply.quoted) == ("we did", "Hold each other.")
    assert reply.address == Address(AddressKind.SIGNAL, ALEX)
    heart = {"emoji": "❤️", "targetAuthorNumber": OURS, "isRemove": False}
    reaction = read_envelope(envelope(message=None, reaction=heart), OURS)
    assert reaction is not None
    assert reaction.text == "❤️"


def test_a_reaction_taken_away_names_the_one_that_it_was() -> None:
    heart = {"emoji": "❤️", "targetAuthorNumber": OURS, "targetSentTimestamp": 77}
    added = read_envelope(envelope(message=None, reaction={**heart, "isRemove": False}), OURS)
    gone = read_envelope(envelope(message=None, reaction={**heart, "isRemove": True}), OURS)
    assert added is not None
    assert gone is not None
    assert (added.tap, gone.tap, gone.is_taken_away) == ("77", "77", True)


def test_who_hides_their_number_is_known_by_their_id() -> None:
    told = envelope(message="done")
    told["envelope"] |= {"source": STRANGE, "sourceNumber": None}
    incoming = read_envelope(told, OURS)
    assert incoming is not None
    assert incoming.address.value == STRANGE


@pytest.mark.parametrize(
    "told",
    [
        envelope(message="done", groupInfo={"groupId": "x"}),
        envelope(reaction={"emoji": "❤️", "targetAuthorNumber": ALEX}),
        envelope(reaction={"emoji": "❤️", "targetAuthorNumber": OURS, "isRemove": True}),
        envelope(message=""),
        {"envelope": {"source": ALEX, "timestamp": 1, "receiptMessage": {}}},
        {"envelope": {"source": OURS, "timestamp": 1, "dataMessage": {"message": "done"}}},
        {"envelope": {"source": ALEX, "dataMessage": {"message": "done"}}},
    ],
)
def test_what_nobody_wrote_to_us_is_no_answer(told: object) -> None:
    assert read_envelope(told, OURS) is None


@pytest.mark.parametrize("url", ["http://signal:8080", "http://10.0.0.5", "http://2130706433/"])
def test_it_stays_on_this_machine_unless_told(url: str) -> None:
    with pytest.raises(ValidationError, match=r"127\.0\.0\.1"):
        SignalSettings(url=url, number=OURS)
    assert SignalSettings(url=url, number=OURS, elsewhere=True).url == url


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "[::1]", "localhost"])
def test_this_machine_has_several_names(host: str) -> None:
    assert SignalSettings(url=f"http://{host}:8080", number=OURS)
