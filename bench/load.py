"""Sending orders by the clock (open loop) or as fast as answers come (closed loop).

In an open loop the send times are fixed before the first order, and latency counts from the planned time: a client
that was held up by a slow answer does not hide the wait of the orders behind it (no coordinated omission).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

_Answer = TypeVar("_Answer")
Send = Callable[[int], Awaitable[_Answer]]
"""Sends the order with this number and returns its answer."""


@dataclass(frozen=True, slots=True)
class Sent(Generic[_Answer]):
    """One order: when it was due, how late the client itself was, and the seconds from due to answered."""

    due: datetime
    late: float
    seconds: float
    answer: _Answer


def send_times(rate: int, seconds: float) -> tuple[float, ...]:
    """Seconds from the start at which orders are due, evenly spaced."""
    if rate < 1 or seconds <= 0:
        raise ValueError(f"{rate} orders/s for {seconds} s: both must be above zero")
    return tuple(number / rate for number in range(int(rate * seconds)))


async def open_loop(times: Sequence[float], send: Send[_Answer]) -> list[Sent[_Answer]]:
    """Start each order when it is due, whatever became of those before; returns when all are answered."""
    began, began_wall = time.monotonic(), time.time()
    flying = []
    for number, offset in enumerate(times):
        await asyncio.sleep(max(0.0, began + offset - time.monotonic()))
        flying.append(asyncio.create_task(_one(send, number, began + offset, began_wall + offset)))
    return list(await asyncio.gather(*flying))


async def closed_loop(clients: int, count: int, send: Send[_Answer]) -> list[Sent[_Answer]]:
    """`clients` send one order after the other, each when the one before is answered, `count` in all."""
    numbers = iter(range(count))
    done: list[Sent[_Answer]] = []

    async def client() -> None:
        for number in numbers:
            done.append(await _one(send, number, time.monotonic(), time.time()))  # noqa: PERF401 answers interleave

    await asyncio.gather(*(client() for _ in range(clients)))
    return done


async def _one(send: Send[_Answer], number: int, due: float, due_wall: float) -> Sent[_Answer]:
    late = time.monotonic() - due
    answer = await send(number)
    return Sent(datetime.fromtimestamp(due_wall, UTC), late, time.monotonic() - due, answer)
