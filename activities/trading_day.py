"""Following the market through one trading date: the day's instruments, its phases, settlements, the last word."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime

from temporalio import activity

from activities.announcing import OrderAnnouncer
from broker.market_clock import ClockSource
from broker.port import Broker, NoAnswer, ReferenceData
from ledger.ledger import Ledger
from ledger.settlement import Opening, OpeningShares
from market.calendar import VIETNAM, is_trading_day
from market.clock import MarketClock
from market.phases import Phase, order_expiry, phase_at
from market.vocabulary import Exchange

_LOOK_SECONDS = 0.5
_LOAD_AGAIN_SECONDS = 2.0


class MarketWatcher:
    """Runs from the start of a trading date, or of the process, to the first instant of another date."""

    def __init__(
        self,
        ledger: Ledger,
        broker: Broker,
        reference: ReferenceData,
        clock: ClockSource,
        announcer: OrderAnnouncer,
        sweep: Callable[[date], Awaitable[None]],
    ) -> None:
        self._ledger = ledger
        self._broker = broker
        self._reference = reference
        self._clock = clock
        self._announcer = announcer
        self._sweep = sweep

    async def watch(self) -> None:
        today = self._date(await self._clock.read())
        await self._open_day(today)
        shown: dict[Exchange, tuple[int, Phase]] = {}
        swept: set[Exchange] = set()
        while True:
            clock = await self._clock.read()
            now = clock.at(datetime.now(UTC))
            if self._date(clock) != today:
                return
            for exchange in Exchange:
                state = (clock.version, phase_at(exchange, now))
                if shown.get(exchange) != state:
                    shown[exchange] = state
                    await self._phase_changed(exchange, state[1], now)
                if is_trading_day(today) and now >= order_expiry(exchange, today) and exchange not in swept:
                    swept.add(exchange)
                    await self._sweep(today)
            activity.heartbeat()
            await asyncio.sleep(_LOOK_SECONDS)

    async def _open_day(self, today: date) -> None:
        """Nothing can be accepted before the day's reference data are there; yesterday's are never used."""
        while is_trading_day(today) and not await self._ledger.instruments_loaded(today):
            loaded = await self._reference.instruments(today)
            activity.heartbeat()
            if isinstance(loaded, NoAnswer) or not loaded:
                activity.logger.warning("no reference data for %s yet", today)
                await asyncio.sleep(_LOAD_AGAIN_SECONDS)
                continue
            await self._ledger.save_instruments(loaded)
        await self._open_balances(today)

    async def _open_balances(self, today: date) -> None:
        """An account that the ledger has never funded starts with what the broker says it holds."""
        for connection in await self._ledger.connections():
            for account in await self._ledger.accounts_of(connection.connection_id):
                if account.opened:
                    continue
                cash = await self._broker.cash(account.account_id)
                held = await self._broker.positions(account.account_id)
                if isinstance(cash, NoAnswer) or isinstance(held, NoAnswer):
                    raise ConnectionError(f"the broker did not tell the balances of account {account.account_id}")
                shares = {row.symbol: OpeningShares(row.owned, row.sellable, row.average_price) for row in held.rows}
                opening = Opening(cash.settled, cash.receivable, shares)
                await self._ledger.open_balances(account.account_id, today, opening)

    async def _phase_changed(self, exchange: Exchange, phase: Phase, now: datetime) -> None:
        await self._ledger.settle_due(now)
        for order_id in await self._ledger.waiting_orders(exchange):
            stored = await self._ledger.load(order_id)
            if stored is not None:
                await self._announcer.phase(stored, f"{exchange} {phase.name}")

    @staticmethod
    def _date(clock: MarketClock) -> date:
        return clock.at(datetime.now(UTC)).astimezone(VIETNAM).date()
