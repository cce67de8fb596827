"""Keeps one watcher of the market alive: it loads the day, wakes waiting orders and settles what is due."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.signatures import FeedActivities
from workflows import messages

_DAY = timedelta(hours=26)
_SIGN_OF_LIFE = timedelta(seconds=10)
_AGAIN = RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=2))


@workflow.defn(name=messages.TRADING_DAY)
class TradingDayWorkflow:
    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity_method(
            FeedActivities.watch_market,
            task_queue=messages.FEED_QUEUE,
            start_to_close_timeout=_DAY,
            heartbeat_timeout=_SIGN_OF_LIFE,
            retry_policy=_AGAIN,
            summary="watch the market's clock",
        )
        workflow.continue_as_new()
