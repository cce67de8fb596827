"""Drives a real workflow instance without a server: virtual time, activities as plain callables.

The activation messages are internal to the SDK, which is why its version is pinned.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import temporalio.api.common.v1 as common_messages
import temporalio.common
from temporalio import workflow
from temporalio.bridge.proto.activity_result import activity_result_pb2 as results
from temporalio.bridge.proto.workflow_activation import workflow_activation_pb2 as activations
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails

from workflows.payloads import DATA_CONVERTER

Job = activations.WorkflowActivationJob
ActivityFunction = Callable[..., Awaitable[Any]]
START = datetime(2026, 11, 20, 3, tzinfo=UTC)


class Driver:
    """One run of `workflow_class`; `queued` activities answer when `settle` runs, timers when time is advanced."""

    def __init__(
        self,
        workflow_class: type,
        argument: object,
        activities: Mapping[str, ActivityFunction],
        start: datetime = START,
    ) -> None:
        self.now = start
        self.updates: dict[str, dict[str, Any]] = {}
        self.commands: list[str] = []
        self.closed: str | None = None
        self.result: Any = None
        self._activities = activities
        self._timers: dict[int, datetime] = {}
        self._held_types: set[str] = set()
        self._held: list[tuple[Any, bool]] = []
        self._payloads = DATA_CONVERTER.payload_converter
        self._definition = workflow._Definition.must_from_class(workflow_class)
        self._instance = asyncio.run(self._make_instance(start))
        first = activations.InitializeWorkflow(
            workflow_type=self._definition.name or "",
            workflow_id="order",
            arguments=self._payloads.to_payloads([argument]),
            randomness_seed=1,
        )
        self._pending = [Job(initialize_workflow=first)]

    async def _make_instance(self, start: datetime) -> WorkflowInstance:
        info = workflow.Info(
            attempt=1,
            continued_run_id=None,
            cron_schedule=None,
            execution_timeout=None,
            first_execution_run_id="run",
            headers={},
            namespace="oms",
            original_execution_run_id="run",
            parent=None,
            root=None,
            priority=temporalio.common.Priority.default,
            raw_memo={},
            retry_policy=None,
            run_id="run",
            run_timeout=None,
            search_attributes={},
            start_time=start,
            task_queue="orders",
            task_timeout=timedelta(seconds=10),
            typed_search_attributes=temporalio.common.TypedSearchAttributes.empty,
            workflow_id="order",
            workflow_start_time=start,
            workflow_type=self._definition.name or "",
        )
        details = WorkflowInstanceDetails(
            payload_converter_factory=DATA_CONVERTER._new_payload_converter,
            failure_converter_class=DATA_CONVERTER.failure_converter_class,
            interceptor_classes=[],
            defn=self._definition,
            info=info,
            randomness_seed=1,
            disable_eager_activity_execution=False,
            worker_level_failure_exception_types=[],
            extern_functions={
                "__temporal_assert_local_activity_valid": lambda _: None,
                "__temporal_get_metric_meter": lambda: temporalio.common.MetricMeter.noop,
            },
            patch_activation_callback=None,
            last_completion_result=common_messages.Payloads(),
            last_failure=None,
        )
        return UnsandboxedWorkflowRunner().create_instance(details)

    def signal(self, name: str, *arguments: object) -> "Driver":
        message = activations.SignalWorkflow(signal_name=name, input=self._payloads.to_payloads(arguments))
        self._pending.append(Job(signal_workflow=message))
        return self

    def update(self, name: str, *arguments: object, update_id: str = "update") -> "Driver":
        self.updates[update_id] = {"stage": "admitted"}
        message = activations.DoUpdate(
            id=update_id,
            protocol_instance_id=update_id,
            name=name,
            input=self._payloads.to_payloads(arguments),
            run_validator=True,
        )
        self._pending.append(Job(do_update=message))
        return self

    def query(self, name: str, result_type: type | None = None) -> Any:
        message = activations.QueryWorkflow(query_id="query", query_type=name)
        completion = self._activate([Job(query_workflow=message)])
        response = completion.successful.commands[0].respond_to_query.succeeded.response
        return self._payloads.from_payloads([response], [result_type] if result_type else None)[0]

    def hold_activities(self, *types: str) -> "Driver":
        """Let activities of these types wait, as if no worker took them."""
        self._held_types = set(types)
        return self

    def release_activities(self) -> "Driver":
        self._held_types = set()
        held, self._held = self._held, []
        for scheduled, is_local in held:
            self._run_activity(scheduled, is_local=is_local)
        return self

    def settle(self) -> "Driver":
        """Run until the workflow waits for a signal, an update or a timer."""
        while self._pending and self.closed is None:
            jobs, self._pending = self._pending, []
            for command in self._activate(jobs).successful.commands:
                self._carry_out(command)
        return self

    def advance(self, span: timedelta) -> "Driver":
        """Let `span` of virtual time pass, firing the timers in it in order."""
        end = self.now + span
        while self._timers and self.closed is None:
            sequence, due = min(self._timers.items(), key=lambda item: item[1])
            if due > end:
                break
            self.now = max(self.now, due)
            del self._timers[sequence]
            self._pending.append(Job(fire_timer=activations.FireTimer(seq=sequence)))
            self.settle()
        self.now = end
        return self

    def _activate(self, jobs: list[Any]) -> Any:
        activation = activations.WorkflowActivation(run_id="run", jobs=jobs)
        activation.timestamp.FromDatetime(self.now)
        completion = self._instance.activate(activation)
        if completion.HasField("failed"):
            raise RuntimeError(f"workflow task failed: {completion.failed.failure.message}")
        return completion

    def _carry_out(self, command: Any) -> None:
        kind = command.WhichOneof("variant")
        self.commands.append(kind)
        match kind:
            case "schedule_activity" | "schedule_local_activity":
                self._run_activity(getattr(command, kind), is_local=kind == "schedule_local_activity")
            case "start_timer":
                timer = command.start_timer
                self._timers[timer.seq] = self.now + timer.start_to_fire_timeout.ToTimedelta()
            case "cancel_timer":
                self._timers.pop(command.cancel_timer.seq, None)
            case "update_response":
                self._note_update(command.update_response)
            case "complete_workflow_execution":
                self.closed = "completed"
                payload = command.complete_workflow_execution.result
                hint = [self._definition.ret_type] if self._definition.ret_type else None
                self.result = self._payloads.from_payloads([payload], hint)[0]
            case "fail_workflow_execution":
                self.closed = "failed"
                self.result = command.fail_workflow_execution.failure.message

    def _run_activity(self, scheduled: Any, *, is_local: bool) -> None:
        if scheduled.activity_type in self._held_types:
            self._held.append((scheduled, is_local))
            return
        function = self._activities[scheduled.activity_type]
        hints = [each.annotation for each in inspect.signature(function, eval_str=True).parameters.values()]
        resolution = results.ActivityResolution()
        try:
            value = asyncio.run(_await(function(*self._payloads.from_payloads(list(scheduled.arguments), hints))))
            resolution.completed.result.CopyFrom(self._payloads.to_payloads([value])[0])
        except Exception as error:  # noqa: BLE001 - the platform turns any exception of an activity into a failure
            failure = resolution.failed.failure
            if not is_local:  # as the server does: a local activity's failure is not wrapped
                failure.activity_failure_info.activity_type.name = scheduled.activity_type
                failure = failure.cause
            DATA_CONVERTER.failure_converter.to_failure(error, self._payloads, failure)
        answer = activations.ResolveActivity(seq=scheduled.seq, result=resolution, is_local=is_local)
        self._pending.append(Job(resolve_activity=answer))

    def _note_update(self, response: Any) -> None:
        update = self.updates[response.protocol_instance_id]
        update["stage"] = response.WhichOneof("response")
        if update["stage"] == "completed":
            update["result"] = self._payloads.from_payloads([response.completed])[0]
        if update["stage"] == "rejected":
            update["error"] = response.rejected


async def _await(value: Awaitable[Any]) -> Any:
    return await value
