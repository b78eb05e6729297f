"""Logs: one JSON line an event, or a readable one; never a body, a cookie or a phone number.

Tracebacks come without the values of variables, and database errors without their parameters, for the same reason.
"""

import logging
import sys

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor

SECRET = frozenset({"password", "token", "cookie", "authorization", "phone", "contact_phone", "body", "code"})


def hide_secrets(_: object, __: str, event: EventDict) -> EventDict:
    return {key: "***" if key in SECRET else value for key, value in event.items()}


def configure(style: str) -> None:
    """`style` is json or console. Everything goes to standard error, also from libraries, from warnings on."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    last: list[Processor] = (
        [
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ]
        if style == "json"
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    libraries = logging.StreamHandler(sys.stderr)
    libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[libraries], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its lines hold addresses and geocoder keys
