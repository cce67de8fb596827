"""Kills processes of a stack at their scheduled times; the supervisor starts them again, or after a power cut we."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterable

from bench.soak.schedule import EVERYTHING, Kill
from tests.support.killing import cut_the_power, pid_of
from tests.support.whole_stack import WholeStack


class Reaper:
    """`kills` counts the deaths it caused; `failed` is what stopped it, which the soak must tell."""

    def __init__(self, stack: WholeStack, schedule: Iterable[Kill]) -> None:
        self._stack = stack
        self._schedule = schedule
        self._thread = threading.Thread(target=self._run, name="reaper")
        self._called_off = threading.Event()
        self.kills: Counter[str] = Counter()
        self.failed: Exception | None = None

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        """Return when the last scheduled kill is done. Raises what stopped it before."""
        self._thread.join()
        if self.failed is not None:
            raise self.failed

    def call_off(self) -> None:
        """Kill nothing more, also when the soak was broken off; returns when no kill is under way."""
        self._called_off.set()
        self._thread.join()

    def _run(self) -> None:
        started = time.monotonic()
        try:
            for kill in self._schedule:
                if self._called_off.wait(max(0.0, started + kill.at - time.monotonic())):
                    return
                self._carry_out(kill)
        except Exception as error:  # noqa: BLE001 - told by `finish` in the main thread
            self.failed = error

    def _carry_out(self, kill: Kill) -> None:
        if kill.victim == EVERYTHING:
            cut_the_power(self._stack)
            self._stack.start()
        else:
            try:
                os.kill(pid_of(self._stack, kill.victim), signal.SIGKILL)
            except ProcessLookupError:
                return  # it has died already and waits for its restart
        self.kills[kill.victim] += 1
