"""Which histories are open, and what a replay of histories found; apart from the replay, which needs every workflow."""

from dataclasses import dataclass
from typing import Final

from workflows import messages

OPEN_ORDERS: Final = f"WorkflowType = '{messages.ORDER}' AND ExecutionStatus = 'Running'"
"""As a query of the server's list."""


@dataclass(frozen=True, slots=True)
class ReplayFailure:
    """A history that the code of today does not lead to; `reason` is one line."""

    workflow_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many histories were replayed and which of them failed."""

    count: int
    failures: tuple[ReplayFailure, ...]
