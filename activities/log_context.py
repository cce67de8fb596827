"""Every log line written inside an activity names the order it works for."""

from typing import Any

import structlog
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from workflows import messages


class LogContext(Interceptor):
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the SDK names it
        return _BindsOrder(next)


class _BindsOrder(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK names it
        info = activity.info()
        order_id = info.workflow_id if info.workflow_type == messages.ORDER else None
        with structlog.contextvars.bound_contextvars(order_id=order_id, activity=info.activity_type):
            return await super().execute_activity(input)
