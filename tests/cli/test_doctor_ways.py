"""What doctor says of the ways in: each has a finding of its own, with its mend."""

from typing import Any

import pytest

from troth.cli.examining_ways import examine_ways
from troth.engine.findings import Health
from troth.settings import Settings

SECRET = "s" * 40


def told(inbound: dict[str, dict[str, Any]], **more: Any) -> list[tuple[str, Health, str]]:
    found = examine_ways(Settings(inbound=inbound, **more))
    return [(each.id, each.health, each.text) for each in found]


def test_a_hook_is_told_where_its_messages_are_handed_over():
    [(name, health, text)] = told(
        {"gateway": {"secret": SECRET}}, public_url="https://troth.example.org"
    )
    assert (name, health) == ("inbound-gateway", Health.GOOD)
    assert "https://troth.example.org/in/gateway" in text


def test_a_hook_without_a_public_address_is_noticed():
    healths = [health for _, health, _ in told({"gateway": {"secret": SECRET}})]
    assert healths == [Health.GOOD, Health.NOTICE]


def test_a_mailbox_without_a_reply_address_is_noticed():
    box = {"host": "mail.example.org", "user": "troth", "password": "a-secret-of-ours"}
    found = told({"imap": box})
    assert [health for _, health, _ in found] == [Health.GOOD, Health.NOTICE]
    assert "TROTH_REPLY_ADDRESS" in found[1][2]
    assert "a-secret-of-ours" not in str(found)
    assert len(told({"imap": box}, reply_address="troth@example.org")) == 1


@pytest.mark.parametrize("inbound", [{"twillio": {}}, {"gateway": {"secret": "short"}}])
def test_what_cannot_open_is_bad_and_names_its_place(inbound: dict[str, dict[str, Any]]):
    [(name, health, text)] = told(inbound)
    assert name == f"inbound-{next(iter(inbound))}"
    assert health is Health.BAD
    assert "TROTH_INBOUND" in text
