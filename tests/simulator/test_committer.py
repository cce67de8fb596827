"""Group commit: nobody is answered, and no message sent, before the write that holds it has returned."""

import asyncio
import threading
from dataclasses import dataclass, field

from simulator.committer import Collected, Committer
from simulator.journal import Batch, Kind
from simulator.records import StreamMessage
from tests.simulator.market_of_one import DAY


@dataclass
class SlowDisk:
    """Writes wait until the test lets one go."""

    written: list[Batch] = field(default_factory=list)
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def write(self, batch: Batch) -> None:
        self.go.acquire()
        self.written.append(batch)


@dataclass
class Desk:
    """What a simulation gives its committer."""

    unsaved: list[str] = field(default_factory=list)
    sent: list[StreamMessage] = field(default_factory=list)

    def collect(self) -> Collected:
        keys, self.unsaved = self.unsaved, []
        messages = [StreamMessage(DAY, number, "0901351", key) for number, key in enumerate(keys)]
        return Batch(puts=[(Kind.ORDER, key, "{}") for key in keys]), messages

    def publish(self, messages: list[StreamMessage]) -> None:
        self.sent.extend(messages)


async def test_changes_during_a_write_share_the_next_one_and_wait_for_it() -> None:
    journal, desk = SlowDisk(), Desk()
    committer = Committer(journal, desk.collect, desk.publish)
    desk.unsaved.append("first")
    first = asyncio.create_task(committer.commit())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    desk.unsaved += ["second", "third"]
    others = [asyncio.create_task(committer.commit()) for _ in range(2)]
    await asyncio.sleep(0)
    assert not first.done()
    assert desk.sent == []

    journal.go.release()
    await first
    assert [message.text for message in desk.sent] == ["first"]
    assert not any(other.done() for other in others)
    journal.go.release()
    await asyncio.gather(*others)
    assert [len(batch.puts) for batch in journal.written] == [1, 2]
    assert [message.text for message in desk.sent] == ["first", "second", "third"]
