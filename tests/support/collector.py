"""A collector of traces: takes what OTLP/HTTP hands in, and shows the spans as they are."""

from collections.abc import Iterator
from dataclasses import dataclass

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.far_server import FarServer


@dataclass(frozen=True)
class Span:
    """One span as it came: ids in hex, of links the traces that they lead to."""

    role: str
    name: str
    trace: str
    id: str
    parent: str
    links: tuple[str, ...]
    facts: dict[str, str | int]
    nanoseconds: int


class Collector(FarServer):
    """Parses what it was handed."""

    def spans(self, name: str | None = None) -> list[Span]:
        """All that came so far, or those of one name."""
        return [span for span in self._all() if name in (None, span.name)]

    def _all(self) -> Iterator[Span]:
        for asked in list(self.asked):
            assert asked.path == "/v1/traces"
            for of in ExportTraceServiceRequest.FromString(asked.body).resource_spans:
                role = _facts(of.resource.attributes)["role"]
                for scope in of.scope_spans:
                    for span in scope.spans:
                        yield Span(
                            str(role),
                            span.name,
                            span.trace_id.hex(),
                            span.span_id.hex(),
                            span.parent_span_id.hex(),
                            tuple(link.trace_id.hex() for link in span.links),
                            _facts(span.attributes),
                            span.end_time_unix_nano - span.start_time_unix_nano,
                        )


def _facts(attributes) -> dict[str, str | int]:
    return {
        each.key.removeprefix("troth."): getattr(each.value, each.value.WhichOneof("value"))
        for each in attributes
    }
