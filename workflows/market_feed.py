"""Keeps one listener to the market's data alive: an activity that runs through the trading date."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.signatures import MarketFeedActivities
from workflows import messages

_DAY = timedelta(hours=26)
_SIGN_OF_LIFE = timedelta(seconds=10)
_AGAIN = RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=10))


@workflow.defn(name=messages.MARKET_FEED)
class MarketFeedWorkflow:
    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity_method(
            MarketFeedActivities.listen_to_market,
            task_queue=messages.FEED_QUEUE,
            start_to_close_timeout=_DAY,
            heartbeat_timeout=_SIGN_OF_LIFE,
            retry_policy=_AGAIN,
            summary="listen to the market's data",
        )
        workflow.continue_as_new()
