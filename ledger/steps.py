"""Evidence being folded: the order before and after each piece, so that fills and events can tell what it did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from orders.evidence import Evidence
from orders.folding import apply
from orders.order import Order


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    """A piece of evidence as recorded: `key` names what proves it, `raw_hash` the broker's message if there is one.

    `row_id` is None for what is recorded in the same statement that writes what it changed.
    """

    row_id: int | None
    key: str
    evidence: Evidence
    source: str
    raw_hash: bytes | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    stored: StoredEvidence
    before: Order
    after: Order
    version: int

    @property
    def restates(self) -> bool:
        """Whether executions were taken back or corrected (LC-31)."""
        return self.before.restatement != self.after.restatement

    @property
    def key(self) -> str:
        return self.stored.key

    @property
    def evidence(self) -> Evidence:
        return self.stored.evidence

    @property
    def recorded_at(self) -> datetime:
        return self.stored.recorded_at


def fold(order: Order, version: int, evidence: Iterable[StoredEvidence]) -> tuple[Step, ...]:
    """Fold the pieces one after the other; each raises the order's version by one."""
    steps = []
    for stored in evidence:
        version += 1
        step = Step(stored, order, apply(order, stored.evidence), version)
        steps.append(step)
        order = step.after
    return tuple(steps)
