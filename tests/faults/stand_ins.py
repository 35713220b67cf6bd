"""What stands in for threads, doorbells and providers, so that a test decides what happens when."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from sqlalchemy import Connection

from troth.clock import Clock
from troth.delivery.courier import Courier
from troth.delivery.outcome import Message, Outcome, Sent
from troth.engine.crew import Crew
from troth.engine.recorder import Recorder
from troth.engine.results import Result
from troth.store.claims import Claim
from troth.store.database import Database
from troth.store.records import Parcel


class KilledError(BaseException):
    """The process ends here. Nothing of the product may catch it."""


class Dying(Database):
    """A database whose user is killed just before its first commit."""

    def __init__(self, real: Database) -> None:
        self.real = real

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.real.reading() as conn:
            yield conn

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.real.writing() as conn:
            yield conn
            raise KilledError


RIGHT = timedelta()  # by how much a clock is wrong that is not


@dataclass(frozen=True)
class Skewed:
    """One process's clock, which may be wrong."""

    true: Clock
    by: timedelta

    def now(self) -> datetime:
        return self.true.now() + self.by


@dataclass
class Rings:
    """A doorbell that keeps what it is told. A broken one is deaf, a fatal one kills who rings."""

    kept: list[tuple[Claim, ...]]
    trouble: BaseException | None = None

    def ring(self, claims: Sequence[Claim]) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.kept.append(tuple(claims))

    def unheard(self) -> int:
        return len(self.kept)


class ManualCrew(Crew):
    """A crew whose sends wait to be told. `room` places at a time; None where there is no end.

    `held` are the places of each provider that were given out and have not come back.
    """

    def __init__(self, room: int | None, clock: Clock, begin: Callable[["Begun"], None]) -> None:
        self.size, self._room, self._clock, self._begin = 0, room, clock, begin
        self.held: Counter[str] = Counter()
        self.is_dead = False

    def reserve(self, wanted: Mapping[str, int]) -> Counter[str]:
        most = wanted if self._room is None else dict.fromkeys(wanted, self._room)
        granted = +Counter(most)
        self.held.update(granted)
        return granted

    def release(self, provider: str, places: int = 1) -> None:
        self.held[provider] -= places

    def start(self, provider: str, send: Callable[[], None]) -> None:  # noqa: ARG002 - as it is called
        parcel, _, _, latest = cast("partial[None]", send).args
        self._begin(Begun(self, parcel, send, latest, self._clock))


@dataclass(frozen=True)
class Begun:
    """A send that a worker has begun and not yet made: its process may die or dream meanwhile."""

    crew: ManualCrew
    parcel: Parcel
    send: Callable[[], None]
    latest: datetime
    clock: Clock

    def is_too_late(self) -> bool:
        """Whether it may not leave any more."""
        return self.clock.now() > self.latest


@dataclass
class Noted:
    """A result that waits to be written. A slip of the recorder may write it more than once."""

    crew: ManualCrew
    result: Result
    written: Callable[[], None]
    is_written: bool = False

    def tell_written(self) -> None:
        """Say so, the first time: its place is free."""
        if not self.is_written:
            self.is_written = True
            self.written()


@dataclass
class Notes(Recorder):
    """The recorder of a crew, that writes nothing before it is told."""

    kept: list[Noted]
    crew: ManualCrew

    def put(self, result: Result, written: Callable[[], None]) -> None:
        self.kept.append(Noted(self.crew, result, written))


@dataclass
class Leave:
    """Limits that are asked between looking and picking: there, others may act."""

    meanwhile: Callable[[], None] = lambda: None
    most: int = 1_000
    asked: int = 0

    def close(self) -> None:
        pass

    def permit(self, provider: str) -> AbstractContextManager[object] | None:  # noqa: ARG002 - as it is called
        self.asked += 1
        if self.asked == 1:
            self.meanwhile()
        return nullcontext() if self.asked <= self.most else None


@dataclass
class Provider(Courier):
    """Takes every message, and answers as it is told; `left` counts what went out, by nudge."""

    answer: Outcome = field(default_factory=Sent)
    left: Counter[int] = field(default_factory=Counter)
    seen: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> Outcome:
        self.seen.append(message)
        if isinstance(self.answer, Sent) or getattr(self.answer, "may_have_left", False):
            self.left[message.nudge_id] += 1
        return self.answer
