"""Which workflows there are and how a process runs their code: the worker for real, a replay from their histories."""

from typing import Final

from temporalio.worker.workflow_sandbox import SandboxRestrictions

from workflows.broker_feed import BrokerFeedWorkflow
from workflows.market_feed import MarketFeedWorkflow
from workflows.order import OrderWorkflow
from workflows.reference_data import ReferenceDataWorkflow
from workflows.sandboxing import Sandbox
from workflows.trading_access import TradingAccessWorkflow
from workflows.trading_day import TradingDayWorkflow

WORKFLOWS: Final = (
    OrderWorkflow,
    BrokerFeedWorkflow,
    MarketFeedWorkflow,
    TradingDayWorkflow,
    ReferenceDataWorkflow,
    TradingAccessWorkflow,
)

_PURE_ROOMS = (
    "market",
    "orders",
    "activities.signatures",
    "workflows.access_details",
    "workflows.access_state",
    "workflows.messages",
    "workflows.order_details",
    "workflows.order_state",
    "workflows.search_attributes",
)


def sandbox() -> Sandbox:
    """The sandbox stays on; pure rooms pass through it, since they hold no state that could leak between runs."""
    return Sandbox(restrictions=SandboxRestrictions.default.with_passthrough_modules(*_PURE_ROOMS))
