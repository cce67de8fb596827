"""What a stream tells within a moment as one batch, and an empty one now and then while it is silent or down."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

BATCH_SECONDS = 0.03
BATCH_SIZE = 200
LOOK_SECONDS = 1.0

_Item = TypeVar("_Item")


async def batches(stream: AsyncIterator[_Item]) -> AsyncGenerator[list[_Item], None]:
    """What arrives within 30 ms as one batch, so that an order is signalled once and not per message.

    An empty batch after each second without an item: whoever iterates gets to look around. Ends, or fails, with the
    stream.
    """
    arriving = asyncio.ensure_future(_next(stream))
    try:
        while True:
            await asyncio.wait({arriving}, timeout=LOOK_SECONDS)
            if not arriving.done():
                yield []
                continue
            first = arriving.result()
            if first is None:
                return
            batch = [first]
            closes = asyncio.get_running_loop().time() + BATCH_SECONDS
            arriving = asyncio.ensure_future(_next(stream))
            while len(batch) < BATCH_SIZE and await _arrives_until(closes, arriving):
                following = arriving.result()
                if following is None:
                    break
                batch.append(following)
                arriving = asyncio.ensure_future(_next(stream))
            yield batch
    finally:
        arriving.cancel()
        await asyncio.wait({arriving})  # a stream can only be closed once nobody waits for its next item


async def _arrives_until(closes: float, arriving: asyncio.Future[_Item | None]) -> bool:
    """Whether an item is there in time; a stream that broke is told after the batch before it was handed on."""
    patience = max(0.0, closes - asyncio.get_running_loop().time())
    done, _ = await asyncio.wait({arriving}, timeout=patience)
    return bool(done) and arriving.exception() is None


async def _next(stream: AsyncIterator[_Item]) -> _Item | None:
    return await anext(stream, None)
