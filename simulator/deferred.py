"""What a fault puts off to a later market time."""

from dataclasses import dataclass
from datetime import datetime

from simulator.fault_kinds import FaultKind


@dataclass(frozen=True, slots=True)
class Deferred:
    """One execution to be told, taken back or corrected; price in VND, quantity in shares."""

    at: datetime
    kind: FaultKind
    order_id: str
    price: int
    quantity: int
