"""What the product logs inside a test, for whoever reads a failure: plain lines with plain tracebacks."""

import structlog


def log_plainly() -> None:
    """Left alone, structlog draws every variable of every frame: half a minute for one unexpected exception."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )
