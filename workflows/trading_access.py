"""Keeps a person's task open while a broker connection needs a one-time code, and otherwise only looks now and then.

The code itself never comes here: a signal says that one was left, and the activity that looks takes it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError

from activities.signatures import AccessActivities
from workflows import messages
from workflows.access_details import markdown, one_line
from workflows.access_state import (
    AccessAlert,
    AccessFound,
    AccessStart,
    AccessState,
    AccessTrouble,
    AccessView,
    CodeRequest,
    CodeTask,
)

_LOGIN = timedelta(seconds=40)
_PATIENT = RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=10))
_ONCE = RetryPolicy(maximum_attempts=1)
_FIRST = Priority(priority_key=1)
# A code that SSI sends is good for minutes, so it is asked for when people are there, not when the task opens.
_ASK_BEFORE = timedelta(minutes=30)
_SHORTEST_REST = timedelta(seconds=1)
_ROUNDS = 100
_NONE_LEFT = (
    "not asked for: so many were and none was used that one more would have the broker block them;"
    " enter the last one, or read one from the broker's app"
)


@workflow.defn(name=messages.TRADING_ACCESS)
class TradingAccessWorkflow:
    @workflow.init
    def __init__(self, start: AccessStart) -> None:
        self._connection_id = start.connection_id
        self._view = start.view
        self._refusal = start.refusal
        self._code_wanted = start.code_wanted
        self._look_wanted = False

    @workflow.run
    async def run(self, start: AccessStart) -> None:  # noqa: ARG002 - the SDK hands it to both
        for _ in range(_ROUNDS):
            view = await self._round()
            workflow.set_current_details(markdown(view))
            await self._rest(view)
        # A wish to look need not be carried over: each run begins with a look.
        workflow.continue_as_new(AccessStart(self._connection_id, self._view, self._refusal, self._code_wanted))

    @workflow.signal(name=messages.ACCESS_LOOK, description="A code was left, or the worker that signs in is new")
    def look(self) -> None:
        self._look_wanted = True

    @workflow.signal(name=messages.CODE_WANTED, description="A person wants the broker to send a code")
    def code_wanted(self) -> None:
        self._code_wanted = True

    @workflow.query(name=messages.VIEW, description="Whether orders can be sent, as last looked at")
    def view(self) -> AccessView | None:
        return self._view

    async def _round(self) -> AccessView:
        self._look_wanted = False
        found = await self._look()
        view = self._view = _seen(self._view or AccessView(self._connection_id, found), found)
        await self._tell_refusal(found)
        if self._code_wanted:
            self._code_wanted = False
            view = await self._ask_for_code(view)
        return view if view.task is None else await self._keep(view, view.task)

    async def _keep(self, view: AccessView, task: CodeTask) -> AccessView:
        """Ask the broker for a code once, and alert once when the deadline has passed."""
        if not task.asked and workflow.now() >= task.until - _ASK_BEFORE:
            task = replace(task, asked=True)
            view = await self._ask_for_code(replace(view, task=task))
        if not task.overdue and workflow.now() >= task.until:
            key = f"code_overdue:{self._connection_id}:{task.until.isoformat()}"
            await self._alert(AccessTrouble.CODE_OVERDUE, key, one_line(view))
            view = self._view = replace(view, task=replace(task, overdue=True))
        return view

    async def _ask_for_code(self, view: AccessView) -> AccessView:
        """The worker counts too, but one that was started anew counts from zero, and SSI does not (SSI-U14)."""
        if view.codes_left == 0:
            self._view = replace(view, request=CodeRequest(workflow.now(), _NONE_LEFT, 0))
            return self._view
        view = self._view = replace(view, asked=view.asked + 1)
        request = await self._request_code()
        most = view.most if request.codes_left is None else max(view.most, request.codes_left + 1)
        self._view = replace(view, request=request, most=most)
        return self._view

    async def _tell_refusal(self, found: AccessFound) -> None:
        """One alert for each thing the broker says, until it lets us in again."""
        if found.state is not AccessState.SIGNED_OUT:
            self._refusal = ""
        elif found.refused and found.text != self._refusal:
            self._refusal = found.text
            key = f"login_refused:{self._connection_id}:{found.seen_at.isoformat()}"
            words = f"Connection {self._connection_id} cannot sign in, no order leaves: {found.text}"
            await self._alert(AccessTrouble.LOGIN_REFUSED, key, words)

    async def _rest(self, view: AccessView) -> None:
        rest = max(_SHORTEST_REST, _next_event(view) - workflow.now())
        try:
            await workflow.wait_condition(
                lambda: self._look_wanted or self._code_wanted, timeout=rest, timeout_summary="look again"
            )
        except TimeoutError:
            return

    async def _look(self) -> AccessFound:
        return await workflow.execute_activity_method(
            AccessActivities.look_at_access,
            self._connection_id,
            task_queue=messages.BROKER_QUEUE,
            start_to_close_timeout=_LOGIN,
            retry_policy=_PATIENT,
            priority=_FIRST,
        )

    async def _request_code(self) -> CodeRequest:
        try:
            return await workflow.execute_activity_method(
                AccessActivities.request_code,
                self._connection_id,
                task_queue=messages.BROKER_QUEUE,
                start_to_close_timeout=_LOGIN,
                retry_policy=_ONCE,
                priority=_FIRST,
            )
        except ActivityError:
            return CodeRequest(workflow.now(), "it is not known whether the broker was asked")

    async def _alert(self, trouble: AccessTrouble, key: str, text: str) -> None:
        await workflow.execute_activity_method(
            AccessActivities.raise_access_alert,
            AccessAlert(self._connection_id, trouble, key, text),
            task_queue=messages.BROKER_QUEUE,
            start_to_close_timeout=_LOGIN,
            retry_policy=_PATIENT,
        )


def _seen(before: AccessView, found: AccessFound) -> AccessView:
    return replace(
        before,
        found=found,
        task=_task(found, before.task),
        asked=0 if found.code_taken else before.asked,
        most=max(before.most, found.codes_left or 0),
    )


def _task(found: AccessFound, before: CodeTask | None) -> CodeTask | None:
    """The task stays the same, with the earliest deadline that was told, until somebody has signed in."""
    if found.state is not AccessState.CODE_NEEDED:
        return None
    until = found.until or found.seen_at
    return CodeTask(until) if before is None else replace(before, until=min(before.until, until))


def _next_event(view: AccessView) -> datetime:
    task, look_again = view.task, view.found.look_again_at
    if task is None or task.overdue:
        return look_again
    return min(look_again, task.until if task.asked else task.until - _ASK_BEFORE)
