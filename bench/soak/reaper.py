"""Lets happen what goes wrong, at its time: kills processes and arms faults; and the person who looks after both.

The supervisor starts again what was killed, or after a power cut we do.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import assert_never

import httpx
from sqlalchemy.exc import DBAPIError

from bench.soak.mishaps import EVERYTHING, Arming, Kill, Mishap
from risk.checks import TradingState
from simulator.fault_kinds import FaultKind
from tests.support.killing import cut_the_power, pid_of
from tests.support.standing import let_trade_again, trading_state
from tests.support.whole_stack import WholeStack

_CONTROL_SECONDS = 30.0
_AGAIN_SECONDS = 0.5


class Reaper:
    """`kills` and `faults` count what it did, `resumed` how often a person let the account trade again; `failed` is
    what stopped it, which the soak must tell."""

    def __init__(self, stack: WholeStack, schedule: Iterable[Mishap]) -> None:
        self._stack = stack
        self._schedule = schedule
        self._thread = threading.Thread(target=self._run, name="reaper")
        self._called_off = threading.Event()
        self._expiries: list[Arming] = []
        self.kills: Counter[str] = Counter()
        self.faults: Counter[FaultKind] = Counter()
        self.resumed = 0
        self.failed: Exception | None = None

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        """Return when the last scheduled mishap is done. Raises what stopped it before."""
        self._thread.join()
        if self.failed is not None:
            raise self.failed

    def call_off(self) -> None:
        """Let nothing more go wrong, also when the soak was broken off; returns when nothing is under way."""
        self._called_off.set()
        self._thread.join()

    def leave_the_rest_alone(self) -> None:
        """Disarm what has not happened, but for what only the close of the day lets happen."""
        self._control("DELETE", None)
        for arming in self._expiries:
            self._control("POST", arming.body)

    def _run(self) -> None:
        started = time.monotonic()
        try:
            for mishap in self._schedule:
                if self._called_off.wait(max(0.0, started + mishap.at - time.monotonic())):
                    return
                self._carry_out(mishap)
                self._look_after_the_account()
        except Exception as error:  # noqa: BLE001 - told by `finish` in the main thread
            self.failed = error

    def _carry_out(self, mishap: Mishap) -> None:
        match mishap:
            case Kill():
                self._kill(mishap.victim)
            case Arming():
                self._control("POST", mishap.body)
                self.faults[mishap.kind] += 1
                if mishap.kind is FaultKind.FILL_AFTER_EXPIRY:
                    self._expiries.append(mishap)
            case _:
                assert_never(mishap)

    def _kill(self, victim: str) -> None:
        if victim == EVERYTHING:
            cut_the_power(self._stack)
            self._stack.start()
        else:
            try:
                os.kill(pid_of(self._stack, victim), signal.SIGKILL)
            except ProcessLookupError:
                return  # it has died already and waits for its restart
        self.kills[victim] += 1

    def _control(self, method: str, body: dict[str, object] | None) -> None:
        """Change the armed faults; a simulator that was killed, or whose port is closed, is asked again."""
        ends = time.monotonic() + _CONTROL_SECONDS
        while True:
            try:
                with self._stack.control as control:
                    control.request(method, "faults", json=body).raise_for_status()
            except httpx.TransportError:
                if time.monotonic() > ends:
                    raise
                time.sleep(_AGAIN_SECONDS)
            else:
                return

    def _look_after_the_account(self) -> None:
        """An overfill or a shortfall has restricted it; while the database is away, the next look will do."""
        try:
            if trading_state(self._stack) is not TradingState.ACTIVE:
                let_trade_again(self._stack)
                self.resumed += 1
        except DBAPIError:
            return
