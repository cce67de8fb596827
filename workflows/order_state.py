"""What one run of an order's workflow remembers."""

from dataclasses import dataclass, field
from datetime import datetime

from orders.commands import AmendOrder, CancelOrder
from orders.next_step import Step
from orders.stored import StoredOrder


@dataclass
class OrderState:
    """All that a run remembers: the booked order, the mail that waits, and how patient it has been.

    `not_before` is the time before which the broker wants no further request of a step.
    """

    stored: StoredOrder | None = None
    cancels: list[CancelOrder] = field(default_factory=list)
    amends: list[AmendOrder] = field(default_factory=list)
    evidence_arrived: bool = False
    phase_changed: bool = False
    last_step: Step | None = None
    tries: int = 0
    not_before: dict[Step, datetime] = field(default_factory=dict)
    shown_status: str = ""
    shown_broker_order_id: str = ""

    @property
    def has_mail(self) -> bool:
        return bool(self.cancels) or bool(self.amends) or self.evidence_arrived
