"""Keeps one listener to the market's data alive: an activity that runs through the trading date."""

from datetime import timedelta

from temporalio import workflow

from activities.signatures import MarketFeedActivities
from workflows import messages
from workflows.listening import keep_alive

_LONGEST_PAUSE = timedelta(seconds=10)


@workflow.defn(name=messages.MARKET_FEED)
class MarketFeedWorkflow:
    @workflow.run
    async def run(self) -> None:
        await keep_alive(
            MarketFeedActivities.listen_to_market, summary="listen to the market's data", longest_pause=_LONGEST_PAUSE
        )
        workflow.continue_as_new()
