"""Who is believed over TLS, and that no channel's answer to that becomes another's."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
import requests

from tests.delivery.conftest import Send
from tests.delivery.provider_server import Provider
from tests.support.authority import Authority
from troth.delivery.connections import Connections
from troth.delivery.courier import Courier
from troth.delivery.exchange import Exchange, exchanging
from troth.delivery.outcome import Sent, TryAgain

NOT_REACHED = TryAgain("the provider could not be reached", may_have_left=False)
NO = "?verify=no"


@pytest.fixture
def trusting(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Courier:
    """A courier that believes whom the tests' authority certifies."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    return Courier(lambda *_letter: None)


@pytest.fixture
def misplaced_provider(authority: Authority) -> Iterator[Provider]:
    """A provider with the certificate of another address."""
    with Provider(authority.server_context("127.0.0.9")).open() as provider:
        yield provider


@pytest.mark.parametrize("order", [[NO, "", NO, ""], ["", NO, "", NO]])
def test_who_verifies_and_who_does_not_never_mix(
    secure_provider: Provider, send: Send, order: list[str]
) -> None:
    for verify in order:
        outcome = send(f"{secure_provider.url}/ana{verify}")
        assert outcome == (Sent() if verify == NO else NOT_REACHED)
    assert len(secure_provider.heard) == 2


def test_an_authority_that_the_environment_names_is_believed(
    secure_provider: Provider, send: Send, trusting: Courier
) -> None:
    for path in ("ana", "ben"):
        assert send(f"{secure_provider.url}/{path}", trusting) == Sent()
    assert secure_provider.accepted == 1
    assert send(f"{secure_provider.url}/ana") == NOT_REACHED


def test_a_certificate_for_another_address_is_refused(
    misplaced_provider: Provider, send: Send, trusting: Courier
) -> None:
    for verify in (NO, "", NO, ""):
        outcome = send(f"{misplaced_provider.url}/ana{verify}", trusting)
        assert outcome == (Sent() if verify == NO else NOT_REACHED)


def test_authorities_are_read_once_whatever_number_of_connections_there_is(
    secure_provider: Provider,
    send: Send,
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "authority.pem"
    copy(authority.file, file)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    by = Courier(lambda *_letter: None, keep_connections=False)
    assert send(f"{secure_provider.url}/ana", by) == Sent()
    file.unlink()  # who reads it again finds nothing
    assert send(f"{secure_provider.url}/ana", by) == Sent()
    assert secure_provider.accepted == 2


def test_authorities_that_cannot_be_read_let_nothing_leave(
    secure_provider: Provider, send: Send, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    assert send(f"{secure_provider.url}/ana", Courier(lambda *_letter: None)) == NOT_REACHED


def test_a_certificate_that_one_request_shows_is_not_shown_by_the_next(
    secure_provider: Provider, authority: Authority
) -> None:
    connections = Connections(keep=True)
    mine = authority.certificate("127.0.0.5")
    for shown in (mine, None, mine, None):
        url = f"https://127.0.0.1:{secure_provider.port}/ana"
        with exchanging(Exchange(connections)):
            requests.post(url, verify=str(authority.file), cert=shown, timeout=10)
    connections.close()
    with_certificate, without = secure_provider.certificates
    assert with_certificate
    assert not without
