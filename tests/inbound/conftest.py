"""Servers that several files of this folder talk through."""

from collections.abc import Iterator

import pytest

from tests.support.chat_servers import Mosquitto, Prosody, Synapse, TelegramEmulator
from tests.support.mail_servers import (
    NOT_HERE,
    MailServers,
    are_mail_servers_here,
    running_mail_servers,
)


@pytest.fixture(scope="package")
def prosody() -> Iterator[Prosody]:
    with Prosody.running_or_skipped() as server:
        yield server


@pytest.fixture(scope="package")
def synapse() -> Iterator[Synapse]:
    with Synapse.running_or_skipped() as server:
        yield server


@pytest.fixture(scope="package")
def mosquitto() -> Iterator[Mosquitto]:
    with Mosquitto.running_or_skipped() as server:
        yield server


@pytest.fixture(scope="package")
def emulator() -> Iterator[TelegramEmulator]:
    with TelegramEmulator.running_or_skipped() as server:
        yield server


@pytest.fixture(scope="package")
def mail_servers() -> Iterator[MailServers]:
    if not are_mail_servers_here():
        pytest.skip(NOT_HERE)
    with running_mail_servers() as servers:
        yield servers
