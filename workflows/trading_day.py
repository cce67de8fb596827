"""Keeps one watcher of the market alive: it loads the day, wakes waiting orders and settles what is due."""

from temporalio import workflow

from activities.signatures import FeedActivities
from workflows import messages
from workflows.listening import keep_alive


@workflow.defn(name=messages.TRADING_DAY)
class TradingDayWorkflow:
    @workflow.run
    async def run(self) -> None:
        await keep_alive(FeedActivities.watch_market, summary="watch the market's clock")
        workflow.continue_as_new()
