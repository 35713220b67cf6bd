"""What holds for every way in that providers of text messages call."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.inbound.case import NEW, OLD, OTHER, URL, Case, Message, Seal
from tests.inbound.cases import CASES
from troth.domain.incoming import Address, AddressKind, Incoming
from troth.inbound.hook import ForgedError, Hook, UnreadableError
from troth.inbound.reading.body import LARGEST

NOW = datetime.now(UTC).replace(microsecond=0)
SECOND = timedelta(seconds=1)


def some(*cases: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


def genuine(case: Case, message: Message | None = None, by: str = NEW, at: datetime = NOW) -> Hook:
    return case.sign(case.body(message or Message()), Seal(by, at))


@some(*CASES)
def test_a_genuine_message_is_read(case):
    way = case.way(NEW, None)
    address = Address(AddressKind.PHONE, "+15550100")
    wanted = Incoming(way.name, "message-1", address, "done")
    received = way.read(genuine(case), NOW)
    assert received.messages == (wanted,)
    assert not received.answer


@some(*CASES)
@pytest.mark.parametrize("text", ["Não, amanhã", "👍🏽", "3 8 thanks & more = +1", "two\nlines"])
def test_a_text_arrives_as_it_was_written(case, text):
    (message,) = case.way(NEW, None).read(genuine(case, Message(text)), NOW).messages
    assert message.text == text


@some(*CASES)
def test_a_message_that_comes_again_has_the_id_it_had(case):
    way, hook = case.way(NEW, None), genuine(case)
    first, again = way.read(hook, NOW), way.read(hook, NOW + SECOND)
    assert first == again
    (other,) = way.read(case.sign(case.body(Message(id="2")), Seal(NEW, NOW, "2")), NOW).messages
    assert other.provider_id == "2"


@some(*(case for case in CASES if case.is_body_signed))
def test_a_tampered_body_is_forged(case):
    hook = genuine(case)
    tampered = replace(hook, body=hook.body.replace(b"done", b"nope"))
    assert tampered != hook
    with pytest.raises(ForgedError):
        case.way(NEW, None).read(tampered, NOW)


@some(*CASES)
def test_a_message_by_another_secret_is_forged(case):
    with pytest.raises(ForgedError):
        case.way(NEW, OLD).read(genuine(case, by=OTHER), NOW)


@some(*CASES)
def test_both_secrets_are_good_while_one_replaces_the_other(case):
    way = case.way(NEW, OLD)
    assert way.read(genuine(case, by=OLD), NOW) == way.read(genuine(case, by=NEW), NOW)
    with pytest.raises(ForgedError):
        case.way(NEW, None).read(genuine(case, by=OLD), NOW)


@some(*(case for case in CASES if case.window))
def test_what_was_made_too_long_ago_or_is_yet_to_be_made_is_forged(case):
    way, hook = case.way(NEW, None), genuine(case)
    assert way.read(hook, NOW + case.window) == way.read(hook, NOW - case.window)
    for now in (NOW + case.window + SECOND, NOW - case.window - SECOND):
        with pytest.raises(ForgedError):
            way.read(hook, now)


@some(*(case for case in CASES if case.is_url_signed))
def test_what_was_signed_for_another_address_is_forged(case):
    for other in (URL + "/else", URL.replace("https", "http"), URL.replace("troth", "trough")):
        with pytest.raises(ForgedError):
            case.way(NEW, None).read(replace(genuine(case), url=other), NOW)
    with pytest.raises(ForgedError):
        case.way(NEW, None).read(replace(genuine(case), query="more=1"), NOW)


@some(*CASES)
def test_each_proof_that_is_missing_makes_it_forged(case):
    lacking = case.unproven(genuine(case))
    assert lacking
    for hook in lacking:
        with pytest.raises(ForgedError):
            case.way(NEW, None).read(hook, NOW)


@some(*CASES)
@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"{", b"\xff\xfe\x00", b"[" * 100_000, b"a&" * 100_000],
    ids=lambda body: f"{body[:4]!r} of {len(body)}",
)
def test_a_genuine_request_of_another_shape_is_unreadable(case, body):
    with pytest.raises(UnreadableError):
        case.way(NEW, None).read(case.sign(body, Seal(NEW, NOW)), NOW)


@some(*CASES)
def test_an_oversized_message_is_unreadable(case):
    with pytest.raises(UnreadableError):
        case.way(NEW, None).read(genuine(case, Message("done " * (LARGEST // 5))), NOW)


@some(*CASES)
def test_an_id_that_is_none_is_unreadable(case):
    for odd in ("", "i" * 201, "a\nb", "a\x00b"):
        hook = case.sign(case.body(Message(id=odd)), Seal(NEW, NOW, odd))
        with pytest.raises((UnreadableError, ForgedError)):
            case.way(NEW, None).read(hook, NOW)


@some(*CASES)
def test_a_picture_without_words_is_no_message(case):
    assert case.way(NEW, None).read(genuine(case, Message(None)), NOW).messages == ()
    assert case.way(NEW, None).read(genuine(case, Message(" ")), NOW).messages == ()


@some(*CASES)
def test_who_has_a_name_and_no_number_is_nobody_we_know(case):
    for sender in ("MyBank", "+1", "+1555010012345678", "1/2", "+1555x0100"):
        hook = genuine(case, Message(sender=sender))
        assert case.way(NEW, None).read(hook, NOW).messages == ()


@some(*(case for case in CASES if case.name != "gateway"))
def test_a_get_brings_nothing(case):
    hook = replace(genuine(case), method="GET")
    with pytest.raises((UnreadableError, ForgedError)):
        case.way(NEW, None).read(hook, NOW)


@some(*CASES)
def test_no_secret_is_ever_shown(case):
    shown = repr(case.way(NEW, OLD))
    with pytest.raises(ForgedError) as forged:
        case.way(NEW, OLD).read(genuine(case, by=OTHER), NOW)
    assert all(secret not in shown + repr(forged.value) for secret in (NEW, OLD, OTHER))


@some(*(case for case in CASES if case.accepts))
def test_the_providers_own_library_says_what_we_say(case):
    hook = genuine(case, at=datetime.now(UTC))  # those libraries ask the machine's clock
    tampered = replace(hook, body=hook.body.replace(b"done", b"nope"))
    assert case.accepts(hook, NEW)
    assert not case.accepts(hook, OTHER)
    assert not case.accepts(tampered, NEW)
