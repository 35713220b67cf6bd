"""A provider, a courier, and messages for both."""

from collections.abc import Callable, Iterator

import pytest

from tests.delivery.provider_server import Provider
from tests.support.authority import Authority
from troth.delivery.courier import Courier
from troth.delivery.outcome import Message, Outcome

Send = Callable[..., Outcome]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider().open() as provider:
        yield provider


@pytest.fixture
def courier() -> Courier:
    return Courier(lambda *_letter: None)


@pytest.fixture
def send(courier: Courier) -> Send:
    """Sends to a channel URL, by the test's courier or another."""

    def send(url: str, by: Courier | None = None) -> Outcome:
        return (by or courier).send(Message(url, "Coffee", "Two cups?", nudge_id=1, partner_id=2))

    return send


@pytest.fixture
def secure_provider(authority: Authority) -> Iterator[Provider]:
    """A provider with a certificate that only those believe who know its authority."""
    with Provider(authority.server_context("127.0.0.1")).open() as provider:
        yield provider
