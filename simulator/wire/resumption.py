"""Where a trading stream goes on: which of the day's stored messages a client gets that has been here before."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.records import StreamMessage
from simulator.switches import Replay, Switches


@dataclass(frozen=True, slots=True)
class Resumption:
    """`notify_id` -1 means new messages only, 0 the whole day; `position` is the cursor of a SignalR reconnect."""

    notify_id: int
    position: int | None
    connection_token: str

    def of(self, messages: Sequence[StreamMessage], switches: Switches) -> list[StreamMessage]:
        """What is told again of `messages`, which are those of today in order."""
        kept = messages if switches.replay_keeps is None else messages[max(0, len(messages) - switches.replay_keeps) :]
        again = [message for message in kept if switches.replay_errors or not message.is_error]
        if switches.reconnect_replays and self.position is not None:
            return [message for message in again if message.position > self.position]
        if self.notify_id <= 0:
            return again if self.notify_id == 0 else []
        first = self.notify_id + (switches.replay is Replay.AFTER_LAST)
        return [message for message in again if message.notify_id >= first]
