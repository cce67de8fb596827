"""Keeps one listener alive for each broker connection: an activity that runs through the trading date."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.signatures import FeedActivities
from workflows import messages

_DAY = timedelta(hours=26)
_SIGN_OF_LIFE = timedelta(seconds=10)
_RECONNECT = RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=2))


@workflow.defn(name=messages.BROKER_FEED)
class BrokerFeedWorkflow:
    @workflow.run
    async def run(self, connection_id: str) -> None:
        await workflow.execute_activity_method(
            FeedActivities.run_feed,
            connection_id,
            task_queue=messages.FEED_QUEUE,
            start_to_close_timeout=_DAY,
            heartbeat_timeout=_SIGN_OF_LIFE,
            retry_policy=_RECONNECT,
            summary=f"listen to {connection_id}",
        )
        workflow.continue_as_new(connection_id)
