"""Gateways of one's own: all that is known of them is a secret in an address."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from tests.inbound.case import NEW, OTHER, URL
from troth.domain.incoming import Address, AddressKind, Incoming
from troth.inbound.gateway import Gateway, GatewaySettings
from troth.inbound.hook import ForgedError, Hook, UnreadableError

NOW = datetime.now(UTC)
KANNEL = Hook("GET", URL, f"secret={NEW}&from=%2B15550100&text=we+did+it&id=5f-1", {}, b"")
INCOMING = Incoming("gateway", "5f-1", Address(AddressKind.PHONE, "+15550100"), "we did it")


def gateway(**settings: str) -> Gateway:
    return Gateway(GatewaySettings(secret=SecretStr(NEW), **settings))


def test_a_get_brings_a_message_to_this_way_alone():
    assert gateway().read(KANNEL, NOW).messages == (INCOMING,)


def test_kannel_takes_the_answer_for_a_success_and_sends_nobody_a_text():
    received = gateway().read(KANNEL, NOW)
    assert (received.status, received.answer) == (200, "")


def test_a_number_is_read_with_its_plus_written_as_a_blank_or_as_zeros():
    for written in ("+15550100", "0015550100", "15550100"):
        query = KANNEL.query.replace("%2B15550100", written)
        assert gateway().read(replace(KANNEL, query=query), NOW).messages == (INCOMING,)


def test_without_the_secret_a_get_is_forged():
    for secret in ("", OTHER, NEW[:-1], NEW + "x"):
        query = KANNEL.query.replace(NEW, secret)
        with pytest.raises(ForgedError):
            gateway().read(replace(KANNEL, query=query), NOW)


def test_a_body_says_nothing_over_the_head_of_the_address():
    body = urlencode({"secret": NEW, "text": "no", "from": "+15550199", "id": "x"}).encode()
    posted = replace(KANNEL, method="POST", body=body)
    assert gateway().read(posted, NOW).messages == (INCOMING,)
    with pytest.raises(ForgedError):
        gateway().read(Hook("GET", URL, "", {}, body), NOW)


def test_jasmin_names_its_fields_otherwise_and_wants_to_be_told():
    body = urlencode({"id": "5f-1", "from": "15550100", "content": "we did it"}).encode()
    jasmin = gateway(text_field="content", answer="ACK/Jasmin")
    received = jasmin.read(Hook("POST", URL, f"secret={NEW}", {}, body), NOW)
    assert received.messages == (INCOMING,)
    assert received.answer == "ACK/Jasmin"


def test_a_message_without_an_id_could_come_twice_and_is_unreadable():
    with pytest.raises(UnreadableError):
        gateway().read(replace(KANNEL, query=KANNEL.query.replace("&id=5f-1", "")), NOW)


def test_another_method_is_unreadable():
    with pytest.raises(UnreadableError):
        gateway().read(replace(KANNEL, method="PUT"), NOW)
