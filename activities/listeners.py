"""The two long-running activities, as the platform starts them."""

from temporalio import activity

from activities.feed import BrokerListener
from activities.signatures import FeedActivities
from activities.signs_of_life import signs_of_life
from activities.trading_day import MarketWatcher


class ListenerActivities(FeedActivities):
    def __init__(self, listener: BrokerListener, watcher: MarketWatcher) -> None:
        self._listener = listener
        self._watcher = watcher

    @activity.defn
    async def run_feed(self, connection_id: str) -> None:
        activity.logger.info("listening to %s", connection_id)
        async with signs_of_life():
            await self._listener.listen()

    @activity.defn
    async def watch_market(self) -> None:
        async with signs_of_life():
            await self._watcher.watch()
