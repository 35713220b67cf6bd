"""Requests made to break the ways in: forged or unreadable, and never anything else."""

import json
import string
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.inbound.case import NEW, OLD, URL, Case, Message, Seal
from tests.inbound.cases import CASES
from troth.domain.incoming import Incoming
from troth.inbound.hook import ForgedError, Hook, UnreadableError

NOW = datetime.now(UTC)
NAMES = [
    "data",
    "payload",
    "event_type",
    "id",
    "from",
    "phone_number",
    "text",
    "channel",
    "message_type",
    "message_uuid",
    "status",
    "reply",
    "button",
    "title",
    "originator",
    "body",
    "type",
    "message",
    "Type",
    "Message",
    "MessageId",
    "TopicArn",
    "Timestamp",
    "Token",
    "Signature",
    "SignatureVersion",
    "SigningCertURL",
    "SubscribeURL",
    "originationNumber",
    "messageBody",
    "From",
    "Body",
    "MessageSid",
    "MessageUUID",
    "Text",
    "MessageStatus",
    "OptOutType",
    "ButtonText",
    "token",
    "message_id",
    "direction",
    "secret",
]
VALUES = [
    "message.received",
    "sms",
    "reply",
    "mo_text",
    "mo_media",
    "+15550100",
    "whatsapp:+1",
    "1",
]
HEADERS = sorted(
    {name for case in CASES for name in case.sign(b"{}", Seal(NEW, NOW)).headers}
    | {"x-plivo-signature-v2", "x-plivo-signature-v2-nonce", "x-twilio-webhooks-signature-settings"}
)

names = st.sampled_from(NAMES) | st.text(max_size=3)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
leaves = scalars | st.sampled_from(VALUES) | st.sampled_from([10**400, "\ud800", "\x00", "1e999"])
trees = st.recursive(leaves, lambda inner: st.dictionaries(names, inner) | st.lists(inner))
objects = st.dictionaries(names, trees).map(lambda tree: json.dumps(tree).encode())
forms = st.lists(st.tuples(names, st.text(max_size=9) | st.sampled_from(VALUES))).map(
    lambda pairs: urlencode(pairs, errors="replace").encode()
)
bodies = st.binary(max_size=200) | objects | forms
tokens = st.text(string.ascii_letters + "._-=,|v1 ", max_size=60)
headers = st.dictionaries(
    st.sampled_from(HEADERS),
    st.text(max_size=30) | tokens.map("Bearer {}".format) | tokens.map("Basic {}".format) | tokens,
)
hooks = st.builds(
    Hook,
    st.sampled_from(["POST", "GET", "PUT"]),
    st.just(URL),
    st.text(max_size=60),
    headers,
    bodies,
)
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def read(case: Case, hook: Hook) -> tuple[Incoming, ...]:
    with suppress(ForgedError, UnreadableError):
        return case.way(NEW, OLD).read(hook, NOW).messages
    return ()


@every_case
@given(hooks)
def test_any_request_is_forged_or_unreadable(case, hook):
    assert read(case, hook) == ()


@every_case
@given(bodies)
def test_any_genuine_request_is_read_or_unreadable(case, body):
    for message in read(case, case.sign(body, Seal(NEW, NOW))):
        assert 0 < len(message.provider_id) <= 200
        assert message.address.value.removeprefix("+").isdigit()
        assert "\x00" not in message.text + message.provider_id
        message.text.encode()


@every_case
@given(st.data())
def test_whatever_is_changed_in_a_genuine_request_it_says_nothing_else(case, data):
    hook = case.sign(case.body(Message()), Seal(NEW, NOW))
    name = data.draw(st.sampled_from([*hook.headers, "query"]))
    at = data.draw(st.integers(0, 400))
    char = data.draw(st.characters(min_codepoint=32))
    changed = {one: _put(hook.headers[one], at, char, one == name) for one in hook.headers}
    query = _put(hook.query, at, char, name == "query")
    said = read(case, Hook("POST", hook.url, query, changed, hook.body))
    assert all(message.text == "done" for message in said)


def _put(written: str, at: int, char: str, here: bool) -> str:
    return written[:at] + char + written[at + 1 :] if here else written
