"""Keeps one listener alive for each broker connection: an activity that runs through the trading date."""

from temporalio import workflow

from activities.signatures import FeedActivities
from workflows import messages
from workflows.listening import keep_alive


@workflow.defn(name=messages.BROKER_FEED)
class BrokerFeedWorkflow:
    @workflow.run
    async def run(self, connection_id: str) -> None:
        await keep_alive(FeedActivities.run_feed, (connection_id,), summary=f"listen to {connection_id}")
        workflow.continue_as_new(connection_id)
