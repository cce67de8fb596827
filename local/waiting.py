"""Waiting for things that run elsewhere, always with a limit and always open to a stop request."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from local.failure import StopRequested

POLL_SECONDS = 0.05
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopFlag:
    """Set once, by a signal or by a caller; every wait of the stack looks at it."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        self._event.set()

    def is_set(self) -> bool:
        return self._event.is_set()

    def raise_if_set(self) -> None:
        if self._event.is_set():
            raise StopRequested

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Let SIGINT, SIGTERM and SIGHUP set the flag, in the main thread, until the block ends."""

        def handle(_number: int, _frame: FrameType | None) -> None:
            self._event.set()

        before = {number: signal.signal(number, handle) for number in STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def wait_until(holds: Callable[[], bool], seconds: float, stop: StopFlag | None = None) -> bool:
    """Ask `holds` until it says yes (True) or `seconds` are over (False). Raises `StopRequested`."""
    deadline = time.monotonic() + seconds
    while not holds():
        if stop is not None:
            stop.raise_if_set()
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
