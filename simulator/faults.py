"""Faults that a test or a person switches on for the next calls of a named path."""

from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong; `stream_drop` counts messages of the trading stream instead of calls."""

    REPLY_DELAY_MS = "reply_delay_ms"
    DROP_BEFORE_TAKING = "drop_before_taking"
    DROP_REPLY_AFTER_TAKING = "drop_reply_after_taking"
    STREAM_DROP = "stream_drop"


@dataclass(slots=True)
class Fault:
    """`path` is the last part of a URL such as `NewOrder`, in any case, or empty for all; `value` is for delays."""

    kind: FaultKind
    path: str
    times: int
    value: int = 0


@dataclass(slots=True)
class Faults:
    """The faults still to happen, used up in the order in which they were set."""

    pending: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        self.pending.append(fault)

    def clear(self) -> None:
        self.pending.clear()

    def draw(self, kind: FaultKind, path: str = "") -> Fault | None:
        """Use up one occurrence of `kind` on `path`; None when none is set."""
        for fault in self.pending:
            if fault.kind is kind and fault.path.lower() in ("", path.lower()):
                fault.times -= 1
                self.pending = [other for other in self.pending if other.times > 0]
                return fault
        return None
