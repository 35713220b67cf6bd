"""What the web framework tells of requests by itself: nothing."""

from fastapi.telemetry import TelemetryConfig

# What the framework would tell of a request holds its path, and a path here holds an answer token.
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
