"""Logs as JSON, one line an event, on standard error: ours, and those of the libraries that log otherwise."""

import logging
import logging.config
import sys
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

from directory.trace import FIELD

_FACTS: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
# Without what functions had in their variables when one failed: tokens, secrets and people's addresses.
_LINE: tuple[Processor, ...] = (
    structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
    structlog.processors.JSONRenderer(ensure_ascii=False),
)


def trace_begins(trace: str, origin: str) -> None:
    """From now on what this thread does is for this request, which came from that network address."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**{FIELD: trace, "origin": origin})


def trace_ends() -> None:
    """What this thread does next is for none."""
    structlog.contextvars.clear_contextvars()


def present_trace() -> str:
    """The request that this thread works for; the empty string when it works for none."""
    return str(structlog.contextvars.get_contextvars().get(FIELD, ""))


def set_up_logs() -> None:
    """Has structlog and the standard library write JSON lines; call once when a process starts."""
    structlog.configure(
        processors=[*_FACTS, *_LINE],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(logging_settings())


def logging_settings() -> dict[str, Any]:
    """For the standard library's loggers: warnings of libraries, and what gunicorn says of itself."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "portal.logs.json_lines"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}
        },
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            "gunicorn.error": {"level": "INFO", "handlers": ["stderr"], "propagate": False},
            "waitress.queue": {"level": "ERROR"},  # it warns of each request that waits for a thread
        },
    }


def json_lines() -> logging.Formatter:
    """Makes a line of what any logger of the standard library was told."""
    named: tuple[Processor, ...] = (structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder())
    clean = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_FACTS, *named], processors=[clean, *_LINE], use_get_message=True
    )
