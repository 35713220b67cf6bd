"""Traces: what a nudge goes through, from the clock to the answer, told where TROTH_TRACES says.

Where nothing is set nothing of it is loaded, and a span is one look at a variable. What spans hold
are ids, schemes, outcomes and counts; words, names and addresses never are.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from troth.errors import TrothError

Fact = str | int | None
Job = Callable[[], None]


class Span(Protocol):
    """Something that was done, and how long it took."""

    def note(self, **facts: Fact) -> None:
        """Add facts; those that are None are left out."""
        ...

    def link(self, nudge_id: int) -> None:
        """Say that it has to do with a nudge."""
        ...

    def forget(self) -> None:
        """Tell nobody: nothing was done after all."""
        ...


class Tracer(Protocol):
    """What makes spans: see the functions of the same names here."""

    def span(
        self, name: str, about: int | None, after: object, facts: dict[str, Fact]
    ) -> AbstractContextManager[Span]:
        """See `span`."""
        ...

    def carried(self) -> str | None:
        """See `carried`."""
        ...

    def bound(self, job: Job) -> Job:
        """See `bound`."""
        ...

    def came_to_its_end(
        self, nudge_id: int, begun: datetime, ended: datetime, facts: dict[str, Fact]
    ) -> None:
        """See `came_to_its_end`."""
        ...


class NoSpan:
    """What stands for every span where there are no traces."""

    def note(self, **facts: Fact) -> None:
        """See Span."""

    def link(self, nudge_id: int) -> None:
        """See Span."""

    def forget(self) -> None:
        """See Span."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        return None


_NO_SPAN = NoSpan()
_tracer: Tracer | None = None  # one a process: what is traced is on every path through it


def check(endpoint: str | None) -> None:
    """Raise TrothError where traces are wanted and can't be made."""
    if endpoint is None:
        return
    try:
        import troth.telemetry.spans  # noqa: F401 - is it there?
    except ModuleNotFoundError as error:
        raise TrothError(
            "TROTH_TRACES is set, and what makes traces is not installed; install Troth with its "
            "traces extra: pip install 'troth[traces]'"
        ) from error


@contextmanager
def turned_on(endpoint: str | None, role: str, namespace: str) -> Iterator[None]:
    """Make traces meanwhile, and hand in at the end what is left of them; None for no traces.

    The ids of a nudge's trace come from `namespace` and its own id, so that whoever knows the store
    finds the same. Raises TrothError as `check` does.
    """
    global _tracer  # noqa: PLW0603 - see above
    if endpoint is None:
        yield
        return
    check(endpoint)
    from troth.telemetry.spans import OpenTelemetry

    tracer = _tracer = OpenTelemetry(endpoint, role, namespace)
    try:
        yield
    finally:
        _tracer = None
        tracer.close()


def is_on() -> bool:
    """Say whether traces are made."""
    return _tracer is not None


def span(
    name: str, *, about: int | None = None, after: object = None, **facts: Fact
) -> AbstractContextManager[Span]:
    """Return a span of what is done inside it.

    It belongs to the trace of the nudge that it is `about`, or of what it comes `after` (what
    `carried` gave elsewhere), or else to what is being done here.
    """
    if _tracer is None:
        return _NO_SPAN
    return _tracer.span(name, about, after, facts)


def carried() -> str | None:
    """Return what names the span that is being done here, to be carried elsewhere."""
    return None if _tracer is None else _tracer.carried()


def bound(job: Job) -> Job:
    """Return a job that knows, on whatever thread it is done, what it was begun by."""
    return job if _tracer is None else _tracer.bound(job)


def came_to_its_end(nudge_id: int, begun: datetime, ended: datetime, **facts: Fact) -> None:
    """Tell the whole way of a nudge, from one aware moment to the other: the root of its trace."""
    if _tracer is not None:
        _tracer.came_to_its_end(nudge_id, begun, ended, facts)
