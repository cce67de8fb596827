"""The processes of which exactly one runs, started by every worker."""

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from workflows import messages
from workflows.access_details import ABOUT
from workflows.access_state import AccessStart


async def start_singletons(client: Client, connection_id: str) -> None:
    """One feed and one trading access for the connection, one trading day and one market feed, whoever starts them."""
    await client.start_workflow(
        messages.BROKER_FEED,
        connection_id,
        id=messages.feed_id(connection_id),
        task_queue=messages.ORDERS_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=f"Messages of the broker connection {connection_id}",
    )
    await client.start_workflow(
        messages.TRADING_DAY,
        id=messages.TRADING_DAY_ID,
        task_queue=messages.ORDERS_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary="The market's phases and settlements",
    )
    await client.start_workflow(
        messages.MARKET_FEED,
        id=messages.MARKET_FEED_ID,
        task_queue=messages.ORDERS_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary="Bands, halts, rooms, last prices and phases as the market's data show them",
    )
    # The signal: a token lives in the process that signed in, so a new worker has to look for itself.
    await client.start_workflow(
        messages.TRADING_ACCESS,
        AccessStart(connection_id),
        id=messages.access_id(connection_id),
        task_queue=messages.ORDERS_QUEUE,
        start_signal=messages.ACCESS_LOOK,
        static_summary=f"Trading access of the broker connection {connection_id}",
        static_details=ABOUT,
    )
