"""The partners: they answer what reaches them on the pages, and try again until it is taken."""

import queue
import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from tests.faults.burst import PARTNERS, Asked, Burst, asked_by
from tests.support.wire import Arrival

CROWD = 4  # who type at once
PATIENCE = 0.2  # seconds until a page that failed is tried again
SAID_TWICE = 0.1  # share of forms that are sent twice, as a double tap or a bad line does


@dataclass(frozen=True)
class Saying:
    """One form that somebody will send. Its mark makes it the same one however often it is sent."""

    token: str
    verb: str
    mark: str


@dataclass
class Partners:
    """Everybody of one burst. `pages` are the addresses of the web processes."""

    burst: Burst
    pages: Sequence[str]
    random: random.Random
    failures: int = 0
    said: dict[tuple[Asked, str], str] = field(default_factory=dict)
    _reached: Counter[Asked] = field(default_factory=Counter)
    _waiting: dict[Asked, list[Saying]] = field(default_factory=dict)
    _sayings: queue.Queue[Saying] = field(default_factory=queue.Queue)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def hear(self, arrival: Arrival) -> None:
        """Take a message in; only the first copy is answered."""
        asked, key = asked_by(arrival)
        if asked[0] not in self.burst.ids or (asked, key) in self.said:
            return
        word = self.burst.words(asked)[PARTNERS.index(key)]
        self.said[asked, key] = word or ""
        self._reached[asked] += 1
        if word is not None:
            self._waiting.setdefault(asked, []).append(
                Saying(arrival.token, word, f"{asked[0]}-{asked[1]}-{key}")
            )
        # A skip takes the other's nudge back; both are to be asked, so who skips waits for that.
        if self._reached[asked] == len(PARTNERS) or word == "done":
            for saying in self._waiting.pop(asked, []):
                self._sayings.put(saying)

    def spoken(self) -> int:
        """How many answers were given."""
        unsaid = sum(len(sayings) for sayings in self._waiting.values())
        return sum(bool(word) for word in self.said.values()) - unsaid

    def waiting(self) -> set[Asked]:
        """Where who was reached says nothing before the other is reached too."""
        return set(self._waiting)

    @contextmanager
    def answering(self) -> Iterator["Partners"]:
        threads = [threading.Thread(target=self._type, daemon=True) for _ in range(CROWD)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join()

    def all_taken(self) -> bool:
        """Whether every form that was sent has been taken."""
        return self._sayings.unfinished_tasks == 0

    def _type(self) -> None:
        with httpx.Client(timeout=10, trust_env=False) as client:
            while not self._stopping.is_set():
                try:
                    saying = self._sayings.get(timeout=0.05)
                except queue.Empty:
                    continue
                for _ in range(2 if self.random.random() < SAID_TWICE else 1):
                    self._say(client, saying)
                self._sayings.task_done()

    def _say(self, client: httpx.Client, saying: Saying) -> None:
        form = {"verb": saying.verb, "form": saying.mark}
        while not self._stopping.is_set():
            page = self.random.choice(self.pages)
            try:
                answer = client.post(f"{page}/r/{saying.token}", data=form)
            except httpx.TransportError:
                self.failures += 1
            else:
                if answer.status_code < 500:
                    assert answer.status_code == 200, answer.text
                    return
                self.failures += 1
            self._stopping.wait(PATIENCE)
