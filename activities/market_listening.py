"""Listening to the market through one broker day: what it shows of securities, last prices and phases is kept."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, date, datetime

from temporalio import activity

from activities.broker_days import BrokerDays
from activities.recent_clock import RecentClock
from activities.signatures import MarketFeedActivities
from activities.signs_of_life import signs_of_life
from broker.market_data import DataNotUnderstood, DataReopened, MarketFeed
from broker.market_picture import MarketPicture
from ledger.accounts import AlertKind
from ledger.ledger import Ledger
from market.calendar import VIETNAM, day_of
from market.deviations import PhaseDeviation
from market.feed_phases import phase_deviation, words_count_from
from market.feed_sessions import Contradiction, FeedSession, contradiction
from market.shown import SecurityShown
from market.vocabulary import Exchange

_LOOK_SECONDS = 0.2
_WRITE_SECONDS = 1.0
_WRITE_ALL_SECONDS = 60.0
"""What was shown before the day's reference data were there, or was loaded over, is laid over them again."""


class MarketListener(MarketFeedActivities):
    """One picture per day; what it decides is written down, so that every process goes by it."""

    def __init__(
        self, ledger: Ledger, feed: MarketFeed, days: BrokerDays, write_seconds: float = _WRITE_SECONDS
    ) -> None:
        self._ledger = ledger
        self._feed = feed
        self._write_seconds = write_seconds
        self._days = days

    @activity.defn
    async def listen_to_market(self) -> None:
        async with signs_of_life():
            await self._listen(await self._days.today(), MarketPicture())

    async def _listen(self, today: date, picture: MarketPicture) -> None:
        async with asyncio.TaskGroup() as group:
            parts = (group.create_task(self._follow(picture)), group.create_task(self._write(picture)))
            await self._watch_sessions(today, picture)
            for part in parts:
                part.cancel()

    async def _follow(self, picture: MarketPicture) -> None:
        clock = RecentClock(self._days)
        async with aclosing(self._feed.follow()) as messages:
            async for message in messages:
                match message:
                    case DataReopened():
                        activity.logger.warning("the market stream was lost and is open again")
                    case DataNotUnderstood():
                        activity.logger.warning("market message not understood: %s", message.reason)
                    case _:
                        picture.apply(message, await clock.now_at(message))

    async def _write(self, picture: MarketPicture) -> None:
        loop = asyncio.get_running_loop()
        write_all_at = loop.time() + _WRITE_ALL_SECONDS
        while True:
            await asyncio.sleep(self._write_seconds)
            news = picture.news()
            shown = news.securities
            if loop.time() >= write_all_at:
                shown = picture.securities()
                write_all_at = loop.time() + _WRITE_ALL_SECONDS
            await self._apply(shown)
            if news.last_prices:
                last_prices = {symbol: (last.price, last.at) for symbol, last in news.last_prices.items()}
                await self._ledger.save_last_prices(last_prices)

    async def _apply(self, shown: Sequence[SecurityShown]) -> None:
        if not shown:
            return
        await self._ledger.apply_shown(shown)
        for day in {each.trading_date for each in shown}:
            with_bands = [each.symbol for each in shown if each.band is not None and each.trading_date == day]
            if with_bands:
                await self._ledger.tell_bands(with_bands, day)

    async def _watch_sessions(self, today: date, picture: MarketPicture) -> None:
        alarmed: set[str] = set()
        version = None
        while True:
            clock = await self._days.clock()
            now = clock.at(datetime.now(UTC))
            if await self._days.day_of(now) != today:
                return
            if version not in (None, clock.version):
                await self._begin_anew(picture, now)
            version = clock.version
            for exchange in Exchange:
                told_from = words_count_from(exchange, now, await self._days.calendar())
                shown = picture.session(exchange, now, told_from)
                if shown is not None:
                    await self._follow_session(exchange, shown, now)
                    await self._alarm(exchange, shown, now, alarmed)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _begin_anew(self, picture: MarketPicture, now: datetime) -> None:
        """The clock was set: what was told, and what deviates from now on, belongs to another course of the day."""
        picture.forget()
        for deviation in (await self._days.calendar()).deviations:
            if deviation.until > now:
                await self._record(replace(deviation, until=max(deviation.since, now)))

    async def _follow_session(self, exchange: Exchange, shown: FeedSession, now: datetime) -> None:
        deviation = phase_deviation(exchange, shown, now, await self._days.calendar())
        if deviation is None:
            return
        activity.logger.info("%s shows %s: %s", exchange, shown, deviation)
        await self._record(deviation)

    async def _record(self, deviation: PhaseDeviation) -> None:
        await self._ledger.record_deviation(deviation)
        self._days.forget_calendar()

    async def _alarm(self, exchange: Exchange, shown: FeedSession, now: datetime, alarmed: set[str]) -> None:
        found = contradiction(exchange, shown, now, await self._days.calendar())
        if found is None:
            return
        key = f"{AlertKind.SESSION_CONTRADICTION}:{day_of(now)}:{exchange}:{shown}:{found.expected}"
        if key not in alarmed:
            await self._ledger.raise_alert(AlertKind.SESSION_CONTRADICTION, key, _words(found))
            alarmed.add(key)


def _words(found: Contradiction) -> str:
    at = found.at.astimezone(VIETNAM).isoformat(timespec="seconds")
    return f"{found.exchange} shows {found.shown} at {at}, where the calendar says {found.expected} ({found.kind})."
