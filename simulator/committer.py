"""Group commit: many changes share one synced write, and nobody is answered before the write that holds its change."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Protocol

from simulator.journal import Batch
from simulator.records import StreamMessage

Collected = tuple[Batch, list[StreamMessage]]


class Store(Protocol):
    def write(self, batch: Batch) -> None:
        """Return when `batch` is on the disk."""


class Committer:
    """`collect` gathers what is unsaved at its call; `publish` gets the messages in it once they are on disk."""

    def __init__(
        self, journal: Store, collect: Callable[[], Collected], publish: Callable[[list[StreamMessage]], None]
    ) -> None:
        self._journal = journal
        self._collect = collect
        self._publish = publish
        self._waiting: list[asyncio.Future[None]] = []
        self._writer: asyncio.Task[None] | None = None

    @property
    def is_writing(self) -> bool:
        return self._writer is not None and not self._writer.done()

    async def commit(self) -> None:
        """Return when every change made before the call is on the disk."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        if not self.is_writing:
            self._writer = asyncio.create_task(self._write_all())
        await waiter

    async def _write_all(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            batch, messages = self._collect()
            try:
                await asyncio.to_thread(self._journal.write, batch)
            except sqlite3.Error as error:
                # What is in memory is ahead of the disk for good: only a restart from the journal is honest.
                raise SystemExit(f"the journal could not be written: {error}") from error
            self._publish(messages)
            for waiter in waiting:
                if not waiter.cancelled():
                    waiter.set_result(None)
