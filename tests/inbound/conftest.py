"""Servers that several files of this folder talk through; no two tests share an account there."""

from collections.abc import Iterator

import pytest

from tests.support.chat_servers import Mosquitto, Prosody, Synapse, TelegramEmulator


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
