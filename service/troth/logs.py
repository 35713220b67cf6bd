"""Logging: structlog for everything, console lines for people, JSON for machines.

What is logged are ids, states and counts. Words, names and channel URLs never are: nothing here
takes them out, because nothing may put them in; a test plants some and looks.
"""

import logging
import sys

import structlog

# Without the locals that structlog shows by default: they hold channel URLs and words.
_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def set_up_logs(form: str, level: str) -> None:
    """Send our log lines, and those of the libraries, to standard error in one form."""
    renderer: list[structlog.typing.Processor] = (
        [_TRACEBACKS, structlog.processors.JSONRenderer()]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=_plain)]
    )
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    least = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(max(logging.WARNING, least))  # finer lines of the libraries hold addresses
    logging.getLogger("troth").setLevel(least)
    logging.getLogger("uvicorn.access").disabled = True  # its lines hold answer tokens


_plain = structlog.dev.plain_traceback
