"""Heartbeats of an activity that waits: they tell that its worker lives, so that a death is noticed within seconds.

They don't tell that the activity gets on: each thing it waits for has a time limit of its own.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio import activity

_EVERY_SECONDS = 2.0


@asynccontextmanager
async def signs_of_life() -> AsyncIterator[None]:
    async def beat() -> None:
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            activity.heartbeat()

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
