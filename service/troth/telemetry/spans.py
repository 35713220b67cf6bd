"""Traces by OpenTelemetry. Nothing but `tracing` loads this, and only where traces are wanted."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from contextvars import copy_context
from datetime import datetime
from hashlib import sha256
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import structlog
from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from troth import __version__
from troth.telemetry.tracing import Fact

log = structlog.get_logger()

SEND_SECONDS = 5.0  # for one batch to be handed in
END_SECONDS = 5.0  # at the end of a role, for what is left: nobody's stop waits for a collector
MOST_WAITING = 16_384  # spans: what comes faster than a collector takes it is lost, oldest first
PATH = "/v1/traces"
CARRIED = "traceparent"  # as W3C calls it

_wire = TraceContextTextMapPropagator()
# Its lines hold the collector's address, and one of them comes for every span that is lost.
logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)


class OpenTelemetry:
    """Makes spans, and hands them in from a thread of its own: see tracing.Tracer."""

    def __init__(self, endpoint: str, role: str, namespace: str) -> None:
        self._namespace = namespace
        self._ids = Ids()
        about = {"service.name": "troth", "service.version": __version__, "troth.role": role}
        self._provider = TracerProvider(
            resource=Resource.create(about), id_generator=self._ids, shutdown_on_exit=False
        )
        exporter = Exporter(OTLPSpanExporter(endpoint=address(endpoint), timeout=SEND_SECONDS))
        self._provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=MOST_WAITING))
        self._tracer = self._provider.get_tracer("troth", __version__)

    def span(
        self, name: str, about: int | None, after: object, facts: Mapping[str, Fact]
    ) -> "OpenSpan":
        """See tracing.span."""
        here = trace.get_current_span().get_span_context()
        links = [trace.Link(here)] if about is not None and here.is_valid else []
        parent = self._parent(about, after)
        begun = self._tracer.start_span(name, parent, attributes=_attributes(facts), links=links)
        return OpenSpan(begun, self.root_of)

    def carried(self) -> str | None:
        """See tracing.carried."""
        carrier: dict[str, str] = {}
        _wire.inject(carrier)
        return carrier.get(CARRIED)

    def bound(self, job: Callable[[], None]) -> Callable[[], None]:
        """See tracing.bound."""
        here = copy_context()
        return lambda: here.run(job)

    def came_to_its_end(
        self,
        nudge_id: int,
        begun: datetime,
        ended: datetime,
        facts: Mapping[str, Fact],
    ) -> None:
        """See tracing.came_to_its_end."""
        self._ids.next(self.root_of(nudge_id))
        nowhere = contexts.Context()
        root = self._tracer.start_span(
            "nudge", nowhere, attributes=_attributes(facts), start_time=_nanoseconds(begun)
        )
        root.end(_nanoseconds(ended))

    def close(self) -> None:
        """Hand in what is left, and wait for that a little."""
        ending = threading.Thread(target=self._provider.shutdown, name="traces", daemon=True)
        ending.start()
        ending.join(END_SECONDS)

    def root_of(self, nudge_id: int) -> trace.SpanContext:
        """Return the root of a nudge's trace, the same in every process and for ever."""
        made = sha256(f"{self._namespace} n{nudge_id}".encode()).digest()
        return trace.SpanContext(
            int.from_bytes(made[:16]),
            int.from_bytes(made[16:24]),
            is_remote=True,
            trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED),
        )

    def _parent(self, about: int | None, after: object) -> contexts.Context | None:
        """Return whose child a span is; None for that of what is being done here."""
        if about is not None:
            return trace.set_span_in_context(trace.NonRecordingSpan(self.root_of(about)))
        return _wire.extract({CARRIED: after}) if isinstance(after, str) else None


class OpenSpan:
    """One span, while what it tells is being done: see tracing.Span."""

    def __init__(self, span: trace.Span, root_of: Callable[[int], trace.SpanContext]) -> None:
        self._span, self._root_of = span, root_of
        self._is_told = True

    def note(self, **facts: Fact) -> None:
        """See tracing.Span."""
        self._span.set_attributes(_attributes(facts))

    def link(self, nudge_id: int) -> None:
        """See tracing.Span."""
        self._span.add_link(self._root_of(nudge_id))

    def forget(self) -> None:
        """See tracing.Span."""
        self._is_told = False  # one that never ends is never handed in

    def __enter__(self) -> Self:
        self._token = contexts.attach(trace.set_span_in_context(self._span))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        """End it. Of an error only the kind is told: its text may hold anything."""
        contexts.detach(self._token)
        if kind is not None:
            self._span.set_attribute("error.type", kind.__name__)
            self._span.set_status(trace.StatusCode.ERROR)
        if self._is_told or kind is not None:
            self._span.end()


class Ids(RandomIdGenerator):
    """Random ids, but for one span whose ids were said just before, in the same thread."""

    def __init__(self) -> None:
        self._said = threading.local()

    def next(self, ids: trace.SpanContext) -> None:
        """Say which ids the next span has."""
        self._said.trace, self._said.span = ids.trace_id, ids.span_id

    def generate_trace_id(self) -> int:
        """Return the id of a new trace."""
        return self._take("trace") or super().generate_trace_id()

    def generate_span_id(self) -> int:
        """Return the id of a new span."""
        return self._take("span") or super().generate_span_id()

    def _take(self, name: str) -> int | None:
        taken: int | None = self._said.__dict__.pop(name, None)
        return taken


class Exporter(SpanExporter):
    """Hands spans in, and says once that they are lost, and once that they are not any more."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner
        self._arrives = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Hand in a batch."""
        result = self._inner.export(spans)
        arrives = result is SpanExportResult.SUCCESS
        if arrives and not self._arrives:
            log.info("traces.arrive_again")
        elif self._arrives and not arrives:
            log.warning("traces.lost", mend="check the collector, and TROTH_TRACES")
        self._arrives = arrives
        return result

    def shutdown(self) -> None:
        """Let the collector go."""
        self._inner.shutdown()


def address(endpoint: str) -> str:
    """Return where traces are handed in: where only the collector is named, at the usual path."""
    return endpoint if urlsplit(endpoint).path.strip("/") else endpoint.rstrip("/") + PATH


def _attributes(facts: Mapping[str, Fact]) -> dict[str, str | int]:
    """Name facts as ours, each as plain text or number (an enum is neither to the wire)."""
    return {
        f"troth.{name}": str(value) if isinstance(value, str) else value
        for name, value in facts.items()
        if value is not None
    }


def _nanoseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1e6) * 1_000
