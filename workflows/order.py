"""One order from its command to the last share accounted for.

`run` alone acts; handlers only put mail into the state or wait for it. What the order is, the ledger says: each
activity returns the booked order and the workflow adopts it.
"""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar, assert_never

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy, SearchAttributeUpdate
from temporalio.exceptions import ActivityError, FailureError, is_cancelled_exception

from activities.signatures import BrokerActivities, CloseUnsent, OrderActivities, SendAmend, SendCancel
from orders.commands import AmendOrder, CancelOrder
from orders.next_step import Step, next_step
from orders.order import CloseReason, Life
from orders.status import Status, status
from orders.stored import StoredOrder, good_until
from workflows import messages
from workflows.messages import EvidenceArrived, OrderResult, OrderStart, PhaseChanged
from workflows.order_details import markdown
from workflows.order_state import OrderState
from workflows.resting import told_to_wait, useful_wait
from workflows.search_attributes import BROKER_ORDER_ID, ORDER_STATUS

_TRANSACTION = timedelta(seconds=5)
_QUICK = RetryPolicy(
    initial_interval=timedelta(milliseconds=50), maximum_interval=timedelta(milliseconds=200), maximum_attempts=3
)
_PATIENT = RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=10))
_ONCE = RetryPolicy(maximum_attempts=1)
# A login and the request of up to 15 s each, and 20 s to store the answer while the database is away; longer than
# all of it, since a timeout here proves nothing.
_SEND_TIMEOUT = timedelta(seconds=60)
_SIGN_OF_LIFE = timedelta(seconds=10)
_SHORTEST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=1)
_SHORTEST_WATCH, _LONGEST_WATCH = timedelta(minutes=1), timedelta(minutes=30)
_AT_ONCE, _EXPECTED_WORD = timedelta(seconds=1), timedelta(seconds=30)
_DETAILS_PATIENCE = timedelta(seconds=30)
_LOOKS_FOR_DETAILS = 5
_Argument = TypeVar("_Argument")
_Answer = TypeVar("_Answer")
_CANCELS_FIRST, _ORDERS, _SEARCHES = Priority(priority_key=1), Priority(priority_key=3), Priority(priority_key=4)


@workflow.defn(name=messages.ORDER)
class OrderWorkflow:
    @workflow.init
    def __init__(self, start: OrderStart) -> None:
        self._start = start
        self._state = OrderState()

    @workflow.run
    async def run(self, start: OrderStart) -> OrderResult:
        if not await self._begin(start):
            return OrderResult(start.order_id, "unknown_order", 0)
        while (step := await self._decide()) is not Step.DONE:
            self._continue_when_long()
            await self._take(step)
        self._show()
        await workflow.wait_condition(workflow.all_handlers_finished)
        order = self._stored.order
        return OrderResult(order.order_id, status(order).value, order.filled)

    @workflow.update(name=messages.PLACE, description="Waits for the verdict on the order")
    async def place(self) -> StoredOrder:
        await workflow.wait_condition(lambda: self._state.stored is not None)
        return self._stored

    @workflow.update(name=messages.CANCEL_OUTCOME, description="Waits until the open cancel has an outcome")
    async def cancel_outcome(self) -> StoredOrder:
        await workflow.wait_condition(self._cancel_is_settled)
        return self._stored

    @workflow.signal(name=messages.CANCEL_ASKED, description="Somebody wants what is left of the order cancelled")
    def cancel_asked(self, cancel: CancelOrder) -> None:
        self._state.cancels.append(cancel)

    @workflow.update(name=messages.AMEND_OUTCOME, description="Waits until the open amendment has an outcome")
    async def amend_outcome(self) -> StoredOrder:
        await workflow.wait_condition(self._amend_is_settled)
        return self._stored

    @workflow.signal(name=messages.AMEND_ASKED, description="Somebody wants another price or quantity")
    def amend_asked(self, amend: AmendOrder) -> None:
        self._state.amends.append(amend)

    @workflow.signal(name=messages.EVIDENCE_ARRIVED, description="The broker said something about the order")
    def evidence_arrived(self, arrived: EvidenceArrived) -> None:  # noqa: ARG002 - the summary is for people
        self._state.evidence_arrived = True

    @workflow.signal(name=messages.PHASE_CHANGED, description="The market's phase or clock changed")
    def phase_changed(self, changed: PhaseChanged) -> None:  # noqa: ARG002 - recheck reads the clock itself
        self._state.phase_changed = True

    @workflow.query(name=messages.VIEW, description="The order as last booked")
    def view(self) -> StoredOrder | None:
        return self._state.stored

    @property
    def _stored(self) -> StoredOrder:
        if self._state.stored is None:
            raise RuntimeError("the order has no verdict yet")
        return self._state.stored

    async def _begin(self, start: OrderStart) -> bool:
        if start.place is not None:
            self._adopt(await self._transaction(OrderActivities.accept, start.place))
            return True
        loaded = await self._transaction(OrderActivities.load, start.order_id)
        if loaded is None:
            return False
        self._adopt(loaded)
        self._state.evidence_arrived = self._state.phase_changed = True
        return True

    async def _decide(self) -> Step:
        await self._read_mail()
        step = self._next_step()
        if step is not self._state.last_step:
            self._state.last_step, self._state.tries = step, 0
        return step

    def _continue_when_long(self) -> None:
        """All that a run needs is in the row, so an order that waits for days goes on in a fresh history."""
        if workflow.info().is_continue_as_new_suggested() and workflow.all_handlers_finished():
            workflow.continue_as_new(OrderStart(self._start.order_id))

    async def _read_mail(self) -> None:
        """Intents first: a cancel that is found before the send wins over it."""
        state = self._state
        while state.has_mail:
            if state.cancels:
                self._adopt(await self._transaction(OrderActivities.ask_cancel, state.cancels[0]))
                state.cancels.pop(0)
            elif state.amends:
                self._adopt(await self._transaction(OrderActivities.ask_amend, state.amends[0]))
                state.amends.pop(0)
            else:
                state.evidence_arrived = False
                self._adopt(await self._transaction(OrderActivities.book, self._start.order_id))

    def _next_step(self) -> Step:
        return next_step(self._stored.order, phase_open=self._stored.send_after is None)

    async def _take(self, step: Step) -> None:  # noqa: C901, PLR0912 - one line for each step there is
        match step:
            case Step.SUBMIT:
                await self._submit()
            case Step.CANCEL:
                await self._cancel()
            case Step.REPEAT_CANCEL:
                await self._repeat_cancel()
            case Step.AMEND:
                await self._amend()
            case Step.RESOLVE_AMEND:
                await self._resolve_amend()
            case Step.CLOSE_UNSENT:
                await self._close_unsent()
            case Step.RESOLVE:
                await self._resolve()
            case Step.WAIT_FOR_PHASE:
                await self._wait_for_phase()
            case Step.WAIT_FOR_DETAILS:
                await self._wait_for_details()
            case Step.WATCH:
                await self._watch()
            case Step.WAIT:
                await self._wait_for_mail()
            case Step.DONE:
                raise RuntimeError("a finished order takes no step")
            case _:
                assert_never(step)

    async def _submit(self) -> None:
        if self._must_rest(Step.SUBMIT):
            await self._rest_unsent()
            return
        await self._send(BrokerActivities.submit, self._start.order_id, _ORDERS)
        if self._next_step() is not Step.SUBMIT:
            return
        await self._pause_before_another_try("not sent: try again", Step.SUBMIT)
        await self._recheck_unsent()

    async def _recheck_unsent(self) -> None:
        if self._next_step() is Step.SUBMIT:
            self._adopt(await self._transaction(OrderActivities.recheck, self._start.order_id))

    async def _rest_unsent(self) -> None:
        """The broker wants no order yet; one that would be too old by then is closed when it is too old."""
        if workflow.now() >= good_until(self._stored):
            text = (
                f"the broker takes it again after {self._state.not_before[Step.SUBMIT].isoformat()}, which is too late"
            )
            close = CloseUnsent(self._start.order_id, CloseReason.TOO_OLD, text)
            self._adopt(await self._transaction(OrderActivities.close_unsent, close))
            return
        await self._rest(Step.SUBMIT, "not sent: the broker wants it later")
        await self._recheck_unsent()

    async def _cancel(self) -> None:
        cancel = self._stored.order.open_cancel
        if cancel is None:
            return
        if self._must_rest(Step.CANCEL):
            await self._rest(Step.CANCEL, "cancel not sent: the broker wants it later")
            return
        await self._send(BrokerActivities.cancel, SendCancel(self._start.order_id, cancel.intent_id), _CANCELS_FIRST)
        if self._next_step() is Step.CANCEL:
            await self._pause_before_another_try("cancel not sent: try again", Step.CANCEL)

    async def _amend(self) -> None:
        amend = self._stored.order.open_amend
        if amend is None:
            return
        if self._must_rest(Step.AMEND):
            await self._rest(Step.AMEND, "amendment not sent: the broker wants it later")
            return
        await self._send(BrokerActivities.amend, SendAmend(self._start.order_id, amend.intent_id), _ORDERS)
        if self._next_step() is Step.AMEND:
            await self._pause_before_another_try("amendment not sent: try again", Step.AMEND)

    async def _resolve_amend(self) -> None:
        """An amendment without an answer is never sent again: the book tells, once it must show it (LC-63)."""
        await self._pause(_EXPECTED_WORD, "amendment without an answer: wait until the book must show it")
        if self._next_step() is Step.RESOLVE_AMEND and not self._state.has_mail:
            await self._look_for_amend()

    async def _close_unsent(self) -> None:
        close = CloseUnsent(self._start.order_id, CloseReason.CANCELED_UNSENT, "cancelled before it was sent")
        self._adopt(await self._transaction(OrderActivities.close_unsent, close))

    async def _resolve(self) -> None:
        """Look for an order whose sending ended without an answer; never guess (LC-03, LC-04)."""
        await self._look()
        if self._next_step() is Step.RESOLVE:
            await self._pause_before_another_try("unknown at the broker: search again")

    async def _repeat_cancel(self) -> None:
        """A cancel without an answer: look first, then send it again (LC-43)."""
        await self._look()
        if self._next_step() is Step.REPEAT_CANCEL:
            await self._pause_before_another_try("cancel without an answer: send it again")
        if self._next_step() is Step.REPEAT_CANCEL:
            await self._cancel()

    async def _watch(self) -> None:
        """A word is expected that may have been lost: the book tells when it does not come.

        It mostly comes at once, so a status that will last for milliseconds is not shown: that would cost as much as
        the one after it.
        """
        tries, self._state.tries = self._state.tries, self._state.tries + 1
        if tries == 0:
            await self._wait(_AT_ONCE, "the broker's word is expected at once")
            return
        patience = min(_LONGEST_WATCH, _EXPECTED_WORD * 2 ** min(tries - 1, 5))
        await self._pause(patience, "the broker's word is expected: look into the book")
        if self._state.has_mail:
            return
        await (self._look() if self._stored.order.open_amend is None else self._look_for_amend())

    async def _wait_for_phase(self) -> None:
        """The day's broadcast wakes the order; the timer is a backstop and decides nothing by itself."""
        opens = self._stored.send_after or workflow.now()
        patience = max(_SHORTEST_WATCH, min(_LONGEST_WATCH, opens - workflow.now()))
        state = self._state
        await self._pause(patience, "wait for the phase", lambda: state.phase_changed or state.has_mail)
        if state.has_mail:
            return
        state.phase_changed = False
        self._adopt(await self._transaction(OrderActivities.recheck, self._start.order_id))

    async def _wait_for_details(self) -> None:
        """Closed, but an execution or the closing message is missing: the book is asked a few times (LC-33).

        What is missing after that can only come by itself; its money is booked by the cumulative figure (LC-25).
        """
        if self._state.tries >= _LOOKS_FOR_DETAILS:
            await self._wait_for_mail()
            return
        self._state.tries += 1
        await self._pause(_DETAILS_PATIENCE, "closed: wait for missing executions")
        if not self._state.has_mail:
            await self._look()

    async def _wait_for_mail(self) -> None:
        self._show()
        await workflow.wait_condition(lambda: self._state.has_mail)

    async def _look(self) -> None:
        await self._send(BrokerActivities.resolve, self._start.order_id, _SEARCHES)

    async def _look_for_amend(self) -> None:
        """Only after a pause: a look at once might come too early to tell what became of an amendment."""
        await self._send(BrokerActivities.look_for_amend, self._start.order_id, _SEARCHES)

    async def _pause_before_another_try(self, reason: str, sending: Step | None = None) -> None:
        """`sending`: the step whose request was not sent; the broker may have said how long to wait (LC-07)."""
        self._state.tries += 1
        patience = min(_LONGEST_PAUSE, _SHORTEST_PAUSE * 2 ** min(self._state.tries, 6))
        if sending is not None and (told := told_to_wait(self._stored.order, sending)):
            until = self._state.not_before[sending] = workflow.now() + told
            patience = max(patience, useful_wait(self._stored, sending, until, workflow.now()))
        await self._pause(patience, reason)

    def _must_rest(self, sending: Step) -> bool:
        """Mail came before the broker's time was over: what it asks for may be done, but nothing is sent again yet."""
        until = self._state.not_before.get(sending)
        return until is not None and workflow.now() < until

    async def _rest(self, sending: Step, reason: str) -> None:
        until = self._state.not_before[sending]
        await self._pause(useful_wait(self._stored, sending, until, workflow.now()), reason)

    async def _pause(self, patience: timedelta, reason: str, until: Callable[[], bool] | None = None) -> None:
        self._show()
        await self._wait(patience, reason, until)

    async def _wait(self, patience: timedelta, reason: str, until: Callable[[], bool] | None = None) -> None:
        try:
            await workflow.wait_condition(
                until or (lambda: self._state.has_mail), timeout=patience, timeout_summary=reason
            )
        except TimeoutError:
            return

    async def _send(
        self,
        method: Callable[[Any, _Argument], Coroutine[Any, Any, StoredOrder]],
        argument: _Argument,
        priority: Priority,
    ) -> None:
        """One try on the broker's queue; a failed or timed-out one proves nothing, and the ledger is read instead.

        Mail is read meanwhile: an intent to cancel that is booked before the attempt is written stops the send.
        """
        sending = workflow.start_activity_method(
            method,
            argument,
            task_queue=messages.BROKER_QUEUE,
            start_to_close_timeout=_SEND_TIMEOUT,
            heartbeat_timeout=_SIGN_OF_LIFE,
            retry_policy=_ONCE,
            priority=priority,
        )
        while not sending.done():
            await workflow.wait_condition(lambda: sending.done() or self._state.has_mail)
            if not sending.done():
                await self._read_mail()
        try:
            self._adopt(await sending)
        except ActivityError:
            self._adopt(await self._transaction(OrderActivities.book, self._start.order_id))

    async def _transaction(
        self, method: Callable[[Any, _Argument], Coroutine[Any, Any, _Answer]], argument: _Argument
    ) -> _Answer:
        """Three quick local tries, then patience on the queue: endless local retries would block queries.

        A local activity's failure arrives as it was raised, not wrapped in an `ActivityError`.
        """
        try:
            return await workflow.execute_local_activity_method(
                method, argument, start_to_close_timeout=_TRANSACTION, retry_policy=_QUICK
            )
        except FailureError as failure:
            if is_cancelled_exception(failure):
                raise
            return await workflow.execute_activity_method(
                method, argument, start_to_close_timeout=_TRANSACTION, retry_policy=_PATIENT
            )

    def _adopt(self, stored: StoredOrder) -> None:
        if self._state.stored is None or stored.version >= self._state.stored.version:
            self._state.stored = stored

    def _amend_is_settled(self) -> bool:
        if self._state.stored is None or self._state.amends:
            return False
        order = self._stored.order
        return order.life is Life.CLOSED or order.open_amend is None

    def _cancel_is_settled(self) -> bool:
        if self._state.stored is None or self._state.cancels:
            return False
        order = self._stored.order
        return order.life is Life.CLOSED or order.open_cancel is None

    def _show(self) -> None:
        """Tell the web UI, but only what changed: each attribute update is an event of its own."""
        order, state = self._stored.order, self._state
        shown: Status = status(order)
        workflow.set_current_details(markdown(self._stored))
        updates: list[SearchAttributeUpdate[str]] = []
        if shown.value != state.shown_status:
            state.shown_status = shown.value
            updates.append(ORDER_STATUS.value_set(shown.value))
        if updates and order.broker_order_id != state.shown_broker_order_id:
            state.shown_broker_order_id = order.broker_order_id
            updates.append(BROKER_ORDER_ID.value_set(order.broker_order_id))
        if updates:
            workflow.upsert_search_attributes(updates)
