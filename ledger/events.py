"""What people read about an order: one event for its acceptance, one for each piece of evidence and each anomaly."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from ledger.steps import Step
from orders.evidence import (
    AmendAsked,
    AmendLookedUp,
    AmendWithdrawn,
    BrokerReport,
    CancelAsked,
    ClosedHere,
    Evidence,
    Match,
    RequestAnswered,
    RequestFailed,
    RequestStarted,
)
from orders.status import Status, status

BROKER = "broker"
HOUSE = "oms"


class Level(StrEnum):
    INFO = "info"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """`actor` did it, `source` told us, `cause` is the key of the proof or the client's request id."""

    version: int
    kind: str
    level: Level
    actor: str
    source: str
    cause: str
    raw_hash: bytes | None
    old_status: Status | None
    new_status: Status
    detail: str


def events_of(steps: Iterable[Step]) -> tuple[NewEvent, ...]:
    return tuple(event for step in steps for event in _events(step))


def _events(step: Step) -> Iterable[NewEvent]:
    yield _event(step, step.evidence.kind, Level.INFO, describe(step.evidence))
    for anomaly in step.after.anomalies:
        if anomaly not in step.before.anomalies:
            yield _event(step, f"anomaly:{anomaly.value}", Level.ALERT, describe(step.evidence))


def _event(step: Step, kind: str, level: Level, detail: str) -> NewEvent:
    return NewEvent(
        version=step.version,
        kind=kind,
        level=level,
        actor=_actor(step.evidence),
        source=step.stored.source,
        cause=step.key,
        raw_hash=step.stored.raw_hash,
        old_status=status(step.before),
        new_status=status(step.after),
        detail=detail,
    )


def _actor(evidence: Evidence) -> str:
    match evidence:
        case CancelAsked() | AmendAsked():
            return evidence.user
        case BrokerReport() | Match() | RequestFailed() | RequestAnswered() | AmendLookedUp():
            return BROKER
        case RequestStarted() | ClosedHere() | AmendWithdrawn():
            return HOUSE
        case _:
            assert_never(evidence)


def describe(evidence: Evidence) -> str:  # noqa: C901, PLR0911 - one return per kind of evidence
    """The numbers and words of a piece of evidence in one line."""
    match evidence:
        case RequestStarted():
            return f"{evidence.action} as request {evidence.request_id}"
        case RequestAnswered():
            return _words(f"request {evidence.request_id} {evidence.answer}", evidence.code, evidence.text)
        case CancelAsked():
            return f"cancel {evidence.intent_id}"
        case AmendAsked():
            broken = ", ".join(violation.code.value for violation in evidence.violations)
            return _words(f"amend {evidence.intent_id} to {_wanted(evidence)}", broken)
        case AmendWithdrawn():
            return _words(f"amend {evidence.intent_id} withdrawn", evidence.code, evidence.text)
        case AmendLookedUp():
            return _words(f"book after amend {evidence.request_id}", describe(evidence.report))
        case BrokerReport():
            totals = f"filled {evidence.filled} of {evidence.quantity}, cancelled {evidence.cancelled}"
            return _words(f"{evidence.state}: {totals}", evidence.text)
        case Match():
            return f"{evidence.quantity} at {evidence.price}"
        case RequestFailed():
            return _words(f"request {evidence.request_id} refused", evidence.code, evidence.text)
        case ClosedHere():
            return _words(evidence.reason.value, evidence.text)
        case _:
            assert_never(evidence)


def _wanted(asked: AmendAsked) -> str:
    return f"quantity {asked.quantity}" if asked.price is None else f"price {asked.price} VND"


def _words(first: str, *more: str) -> str:
    return ": ".join((first, *(word for word in more if word)))
