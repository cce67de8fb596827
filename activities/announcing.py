"""Telling an order's workflow that something happened, and starting its run again when it had ended."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from orders.status import status
from orders.stored import StoredOrder
from workflows import messages
from workflows.messages import EvidenceArrived, OrderStart, PhaseChanged
from workflows.search_attributes import search_attributes, summary

_ANSWER_LIMIT = timedelta(seconds=10)


class OrderAnnouncer:
    """Always signal-with-start: a closed order is reopened by the same call that would wake a running one.

    Memo and attributes are given each time, since a new run has none of the old run's.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    async def evidence(self, stored: StoredOrder, what: str) -> None:
        await self._start(stored, messages.EVIDENCE_ARRIVED, EvidenceArrived(what))

    async def phase(self, stored: StoredOrder, phase: str) -> None:
        await self._start(stored, messages.PHASE_CHANGED, PhaseChanged(phase))

    async def resume(self, stored: StoredOrder) -> None:
        """Start a run for an open order that has none; a running one is left alone."""
        await self._start(stored, None, None)

    async def _start(
        self, stored: StoredOrder, signal: str | None, argument: EvidenceArrived | PhaseChanged | None
    ) -> None:
        order = stored.order
        await self._client.start_workflow(
            messages.ORDER,
            OrderStart(order.order_id),
            id=order.order_id,
            task_queue=messages.ORDERS_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING
            if signal is None
            else WorkflowIDConflictPolicy.UNSPECIFIED,
            start_signal=signal,
            start_signal_args=[] if argument is None else [argument],
            memo={
                "account_id": order.account_id,
                "client_order_id": order.client_order_id,
                "fingerprint": stored.fingerprint,
                "received_at": stored.received_at.isoformat(),
            },
            search_attributes=search_attributes(order.account_id, order.terms, status(order).value),
            static_summary=summary(order.terms),
            rpc_timeout=_ANSWER_LIMIT,
        )
