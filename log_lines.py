"""Log lines of every process: one JSON object each, the standard library's loggers included.

Fields: timestamp, level, service, request_id, message, order_id, account_id, then whatever the line adds.
"""

import logging
import sys

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

_ALWAYS = ("request_id", "order_id", "account_id")
_NOISY = ("httpx", "httpcore")


def configure(service: str, level: str) -> None:
    """Send every line of this process to standard output as JSON; `level` is a name such as `INFO`."""
    shared = _shared(service)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def formatter(service: str) -> structlog.stdlib.ProcessorFormatter:
    """Turns a record of either library into the line."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(service),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )


def _shared(service: str) -> list[Processor]:
    def with_fixed_fields(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        line["service"] = service
        for name in _ALWAYS:
            line.setdefault(name, None)
        return line

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
        with_fixed_fields,
    ]
