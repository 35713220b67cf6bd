"""Whoever hands replies in: signed requests over kept connections, each sent once.

A bare client on asyncio: it shares the cores with what it measures.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks.asked import Answer

KEY = b"the benchmarks sign with this key"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
PATH = "/in/standard"
TAKEN = 204


@dataclass(frozen=True)
class Handed:
    """One reply handed in: what it was answered with, and after how many seconds."""

    status: int
    took: float


@dataclass(frozen=True)
class Run:
    """All replies handed in, in `seconds` from the first request to the last answer."""

    handed: Sequence[Handed]
    seconds: float

    @property
    def untaken(self) -> Counter[int]:
        """How many were not answered as they should, by what they were answered with."""
        return Counter(one.status for one in self.handed if one.status != TAKEN)


def hand_in(answers: Sequence[Answer], ports: Sequence[int], at_once: int) -> Run:
    """Hand all answers in over `at_once` connections, which take turns among the ports."""
    return asyncio.run(_hand_in(answers, ports, at_once))


async def _hand_in(answers: Sequence[Answer], ports: Sequence[int], at_once: int) -> Run:
    lines = [
        await asyncio.open_connection("127.0.0.1", ports[number % len(ports)])
        for number in range(at_once)
    ]
    waiting, handed = iter(answers), list[Handed]()
    began = time.perf_counter()
    await asyncio.gather(*(_keep_handing(*line, waiting, handed) for line in lines))
    seconds = time.perf_counter() - began
    for _, writer in lines:
        writer.close()
        await writer.wait_closed()
    return Run(handed, seconds)


async def _keep_handing(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    waiting: Iterator[Answer],
    handed: list[Handed],
) -> None:
    for answer in waiting:  # shared: whoever is free takes the next
        asked = request(answer, int(time.time()))
        began = time.perf_counter()
        writer.write(asked)
        status = await _status(reader)
        handed.append(Handed(status, time.perf_counter() - began))


async def _status(reader: asyncio.StreamReader) -> int:
    """Read one answer, and return its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            await reader.readexactly(int(value))
    return int(head.split(b" ", 2)[1])


def request(answer: Answer, at: int) -> bytes:
    """A whole request, signed as of `at` (Unix seconds)."""
    body = json.dumps({"from": answer.sender, "text": answer.text}).encode()
    signed = f"{answer.name}.{at}.".encode() + body
    seal = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"webhook-id: {answer.name}\r\nwebhook-timestamp: {at}\r\nwebhook-signature: v1,{seal}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
