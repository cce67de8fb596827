"""The port to the orders' workflows, on Temporal."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from temporalio.client import (
    Client,
    RPCError,
    WithStartWorkflowOperation,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCStatusCode

from api.order_gateway import Delivered, NoAnswer, NoSuchRun, OrderRun, RunEnded
from failpoints import failpoint
from market.terms import OrderTerms
from orders.commands import AmendOrder, CancelOrder, PlaceOrder
from orders.status import Status, status
from orders.stored import StoredOrder
from workflows import messages
from workflows.access_state import AccessView
from workflows.calling_access import access_view, have_access_looked_at, have_code_sent
from workflows.loading import ask_for_reference_data
from workflows.messages import OrderStart
from workflows.payloads import DATA_CONVERTER
from workflows.search_attributes import ORDER_STATUS, search_attributes, summary

_CALL = timedelta(seconds=3)
_RECONNECT_SECONDS = 1.0
_log = structlog.get_logger(__name__)


class TemporalGateway:
    """Connects in the background until the server answers; until then every answer is `NoAnswer`."""

    def __init__(self, address: str, namespace: str) -> None:
        self._address = address
        self._namespace = namespace
        self._client: Client | None = None
        self._connecting: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._connecting = asyncio.create_task(self._connect())

    async def stop(self) -> None:
        if self._connecting is None:
            return
        self._connecting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._connecting

    async def _connect(self) -> None:
        while self._client is None:
            try:
                self._client = await Client.connect(
                    self._address, namespace=self._namespace, data_converter=DATA_CONVERTER
                )
            except RuntimeError as error:  # what the SDK raises for a server that does not answer
                _log.warning("Temporal does not answer yet", address=self._address, error=str(error))
                await asyncio.sleep(_RECONNECT_SECONDS)
        _log.info("connected to Temporal", address=self._address, namespace=self._namespace)

    async def is_ready(self) -> bool:
        if self._client is None:
            return False
        try:
            return await self._client.service_client.check_health(timeout=_CALL)
        except RPCError:
            return False

    async def place(self, command: PlaceOrder) -> StoredOrder | RunEnded | NoAnswer:
        if self._client is None:
            return NoAnswer()
        operation = _start_operation(command)
        try:
            stored: StoredOrder = await self._client.execute_update_with_start_workflow(
                messages.PLACE,
                start_workflow_operation=operation,
                id=messages.PLACE,
                result_type=StoredOrder,
                rpc_timeout=_CALL,
            )
        except (WorkflowAlreadyStartedError, WorkflowUpdateFailedError):
            _read_handle(operation)
            return RunEnded()
        except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            _read_handle(operation)
            _log.warning("placement was not answered", error=type(error).__name__)
            return NoAnswer()
        failpoint("after_start")
        return stored

    async def describe(self, order_id: str) -> OrderRun | NoSuchRun | NoAnswer:
        if self._client is None:
            return NoAnswer()
        try:
            description = await self._client.get_workflow_handle(order_id).describe(rpc_timeout=_CALL)
            memo = await description.memo()
            terms = await description.memo_value("terms", default=None, type_hint=OrderTerms)
        except RPCError as error:
            return NoSuchRun() if error.status is RPCStatusCode.NOT_FOUND else NoAnswer()
        return _order_run(order_id, memo, terms, description)

    async def view(self, order_id: str) -> StoredOrder | None:
        if self._client is None:
            return None
        handle = self._client.get_workflow_handle(order_id)
        try:
            found: StoredOrder | None = await handle.query(
                messages.VIEW,
                result_type=StoredOrder | None,  # type: ignore[arg-type] # the SDK passes unions on to pydantic
                rpc_timeout=_CALL,
            )
        except (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError):
            return None
        return found

    async def ask_cancel(self, cancel: CancelOrder, stored: StoredOrder | None) -> Delivered | NoSuchRun | NoAnswer:
        return await self._ask(messages.CANCEL_ASKED, cancel, stored)

    async def cancel_outcome(self, order_id: str, intent_id: str) -> StoredOrder | RunEnded | NoAnswer:
        return await self._outcome(messages.CANCEL_OUTCOME, order_id, intent_id)

    async def ask_amend(self, amend: AmendOrder, stored: StoredOrder | None) -> Delivered | NoSuchRun | NoAnswer:
        return await self._ask(messages.AMEND_ASKED, amend, stored)

    async def amend_outcome(self, order_id: str, intent_id: str) -> StoredOrder | RunEnded | NoAnswer:
        return await self._outcome(messages.AMEND_OUTCOME, order_id, intent_id)

    async def load_reference_data(self, trading_date: date) -> Delivered | NoAnswer:
        if self._client is None:
            return NoAnswer()
        try:
            await ask_for_reference_data(self._client, trading_date)
        except RPCError as error:
            _log.warning("the load of reference data was not answered", error=type(error).__name__)
            return NoAnswer()
        return Delivered()

    async def access(self, connection_id: str) -> AccessView | None:
        if self._client is None:
            return None
        try:
            return await access_view(self._client, connection_id)
        except (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError):
            return None

    async def have_access_looked_at(self, connection_id: str) -> Delivered | NoAnswer:
        return await self._call_access(have_access_looked_at, connection_id)

    async def have_code_sent(self, connection_id: str) -> Delivered | NoAnswer:
        return await self._call_access(have_code_sent, connection_id)

    async def _call_access(
        self, call: Callable[[Client, str], Awaitable[None]], connection_id: str
    ) -> Delivered | NoAnswer:
        if self._client is None:
            return NoAnswer()
        try:
            await call(self._client, connection_id)
        except RPCError as error:
            _log.warning("the trading access was not reached", error=type(error).__name__)
            return NoAnswer()
        return Delivered()

    async def _ask(
        self, signal: str, wish: CancelOrder | AmendOrder, stored: StoredOrder | None
    ) -> Delivered | NoSuchRun | NoAnswer:
        if self._client is None:
            return NoAnswer()
        try:
            if stored is None:
                handle = self._client.get_workflow_handle(wish.order_id)
                await handle.signal(signal, wish, rpc_timeout=_CALL)
            else:
                await _signal_with_start(self._client, signal, wish, stored)
        except RPCError as error:
            return NoSuchRun() if error.status is RPCStatusCode.NOT_FOUND else NoAnswer()
        return Delivered()

    async def _outcome(self, update: str, order_id: str, intent_id: str) -> StoredOrder | RunEnded | NoAnswer:
        if self._client is None:
            return NoAnswer()
        handle = self._client.get_workflow_handle(order_id)
        try:
            stored: StoredOrder = await handle.execute_update(
                update, id=intent_id, result_type=StoredOrder, rpc_timeout=_CALL
            )
        except WorkflowUpdateFailedError:
            return RunEnded()
        except RPCError as error:
            return RunEnded() if error.status is RPCStatusCode.NOT_FOUND else NoAnswer()
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            return NoAnswer()
        return stored


def _start_operation(command: PlaceOrder) -> WithStartWorkflowOperation[Any, Any]:
    """A client order id is used once and for ever: a closed run is not started again from here (API-04)."""
    return WithStartWorkflowOperation(
        messages.ORDER,
        OrderStart(command.order_id, command),
        id=command.order_id,
        task_queue=messages.ORDERS_QUEUE,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        memo={
            "account_id": command.account_id,
            "client_order_id": command.client_order_id,
            "fingerprint": command.fingerprint,
            "received_at": command.received_at.isoformat(),
            "request_id": command.request_id,
            "terms": command.terms,
        },
        search_attributes=search_attributes(command.account_id, command.terms, "received"),
        static_summary=summary(command.terms),
        static_details=_details(command.client_order_id, command.account_id, command.user),
    )


def _read_handle(operation: WithStartWorkflowOperation[Any, Any]) -> None:
    """The SDK keeps a failure a second time in the operation's handle, and asyncio complains if nobody reads it."""
    reading = asyncio.ensure_future(operation.workflow_handle())
    reading.add_done_callback(lambda done: done.cancelled() or done.exception())


async def _signal_with_start(client: Client, signal: str, wish: CancelOrder | AmendOrder, stored: StoredOrder) -> None:
    """One call for a run that lives and for one that died; a new run has only the memo and attributes given here."""
    order = stored.order
    await client.start_workflow(
        messages.ORDER,
        OrderStart(order.order_id),
        id=order.order_id,
        task_queue=messages.ORDERS_QUEUE,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        memo={
            "account_id": order.account_id,
            "client_order_id": order.client_order_id,
            "fingerprint": stored.fingerprint,
            "received_at": stored.received_at.isoformat(),
            "request_id": stored.request_id,
        },
        search_attributes=search_attributes(order.account_id, order.terms, status(order).value),
        static_summary=summary(order.terms),
        static_details=_details(order.client_order_id, order.account_id, stored.user),
        start_signal=signal,
        start_signal_args=[wish],
        rpc_timeout=_CALL,
    )


def _details(client_order_id: str, account_id: str, user: str) -> str:
    return f"client order id `{client_order_id}`, account {account_id}, user {user}"


def _order_run(
    order_id: str, memo: Mapping[str, Any], terms: OrderTerms | None, description: WorkflowExecutionDescription
) -> OrderRun:
    """Other starters may write another memo; what is missing stays empty and never matches a fingerprint."""
    received = memo.get("received_at")
    shown = description.typed_search_attributes.get(ORDER_STATUS)
    return OrderRun(
        order_id=order_id,
        running=description.status is WorkflowExecutionStatus.RUNNING,
        account_id=memo.get("account_id", ""),
        client_order_id=memo.get("client_order_id", ""),
        fingerprint=memo.get("fingerprint", ""),
        received_at=datetime.fromisoformat(received) if received else description.start_time,
        terms=terms,
        status=next((known for known in Status if known.value == shown), None),
    )
