"""Which workflows there are and how a process runs their code: the worker for real, a replay from their histories."""

from typing import Final

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workflows.broker_feed import BrokerFeedWorkflow
from workflows.order import OrderWorkflow
from workflows.trading_day import TradingDayWorkflow

WORKFLOWS: Final = (OrderWorkflow, BrokerFeedWorkflow, TradingDayWorkflow)

_PURE_ROOMS = (
    "market",
    "orders",
    "activities.signatures",
    "workflows.messages",
    "workflows.order_details",
    "workflows.search_attributes",
)


def sandbox() -> SandboxedWorkflowRunner:
    """The sandbox stays on; pure rooms pass through it, since they hold no state that could leak between runs."""
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*_PURE_ROOMS))
