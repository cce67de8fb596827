"""The trading stream's messages on their way to the clients that listen, with the faults that can befall them."""

import asyncio
from collections.abc import Iterable

from simulator.faults import FaultKind, Faults, Occasion
from simulator.records import StreamMessage
from simulator.wire.connections import Connection

_SILENCE_MS = 30_000
_HELD_BACK_MS = 1_000


class Delivery:
    """Tells everybody in `listeners`; without one, no fault is used up."""

    def __init__(self, faults: Faults) -> None:
        self.listeners: set[Connection] = set()
        self._faults = faults
        self._held_back: StreamMessage | None = None

    def hang_up(self) -> int:
        """Drop every stream; how many there were."""
        dropped, self.listeners = self.listeners, set()
        for connection in dropped:
            connection.hang_up()
        return len(dropped)

    def tell(self, messages: Iterable[StreamMessage]) -> None:
        """Send what has just been stored."""
        told = list(messages)
        if not told or not self.listeners:
            return
        if any(self._faults.draw(FaultKind.STREAM_DROP, _occasion(message)) for message in told):
            self.hang_up()
            return
        for message in told:
            self._tell(message)

    def _tell(self, message: StreamMessage) -> None:
        occasion = _occasion(message)
        silence = self._faults.draw(FaultKind.STREAM_SILENCE, occasion)
        if silence is not None:
            for connection in self.listeners:
                connection.fall_silent((silence.value or _SILENCE_MS) / 1000)
        if self._faults.draw(FaultKind.MESSAGE_LOST, occasion) is not None:
            return
        if self._held_back is None:
            held = self._faults.draw(FaultKind.MESSAGES_REORDERED, occasion)
            if held is not None:
                self._hold_back(message, (held.value or _HELD_BACK_MS) / 1000)
                return
        lag = self._faults.draw(FaultKind.STREAM_LAG_MS, occasion)
        copies = 2 if self._faults.draw(FaultKind.MESSAGE_DUPLICATED, occasion) else 1
        self._send(message, copies, 0.0 if lag is None else lag.value / 1000)
        self._let_go()

    def _hold_back(self, message: StreamMessage, seconds: float) -> None:
        self._held_back = message
        asyncio.get_running_loop().call_later(seconds, self._let_go)

    def _let_go(self) -> None:
        held, self._held_back = self._held_back, None
        if held is not None:
            self._send(held, 1, 0.0)

    def _send(self, message: StreamMessage, copies: int, lag_seconds: float) -> None:
        for connection in self.listeners:
            for _ in range(copies):
                connection.broadcast(message.text, lag_seconds, message.position)


def _occasion(message: StreamMessage) -> Occasion:
    return Occasion(account=message.account, symbol=message.symbol)
