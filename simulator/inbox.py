"""Requests that were taken and answered but are not yet carried out, and the request ids used up today."""

from dataclasses import dataclass, field

from simulator.commands import Command
from simulator.journal import Batch, Kind
from simulator.order_entry import carry_out
from simulator.records import COMMAND
from simulator.state import ExchangeState


@dataclass(slots=True)
class Inbox:
    """Every change is also added to the batch given, to be stored with what it belongs to.

    A request is carried out only after its answer has left, so that the stream never overtakes the answer.
    """

    waiting: dict[int, Command] = field(default_factory=dict)
    used_request_ids: set[str] = field(default_factory=set)
    answered: set[int] = field(default_factory=set)

    def is_used(self, request_id: str, account: str = "") -> bool:
        """Whether `request_id` was taken today, of `account` if one is named; ids are compared as eight digits."""
        return _key_of(request_id, account) in self.used_request_ids

    def take(self, state: ExchangeState, command: Command, batch: Batch) -> int:
        """Keep a request; its number."""
        number = state.next_sequence()
        self.waiting[number] = command
        for key in (_key_of(command.request_id), _key_of(command.request_id, command.account)):
            self.used_request_ids.add(key)
            batch.puts.append((Kind.REQUEST, key, "{}"))
        batch.puts.append((Kind.INBOX, _key(number), COMMAND.dump_json(command).decode()))
        return number

    def carry_out(self, state: ExchangeState, batch: Batch) -> None:
        """Carry out what has been answered, in the order of its arrival."""
        for number in sorted(self.answered & self.waiting.keys()):
            carry_out(state, self.waiting.pop(number))
            batch.deletes.append((Kind.INBOX, _key(number)))
        self.answered.clear()

    def carry_out_all(self, state: ExchangeState, batch: Batch) -> None:
        """Leave nothing behind: the time is about to jump, or the process has just started."""
        self.answered.update(self.waiting)
        self.carry_out(state, batch)

    def start_day(self, batch: Batch) -> None:
        """Free yesterday's request ids; those not yet stored must not be stored after the forgetting."""
        self.used_request_ids.clear()
        batch.puts = [put for put in batch.puts if put[0] is not Kind.REQUEST]


def _key_of(request_id: str, account: str = "") -> str:
    return f"{request_id.zfill(8)}|{account}" if account else request_id.zfill(8)


def _key(number: int) -> str:
    return f"{number:012d}"
