"""Following the market through one broker day: the day's instruments, its phases, settlements, and its end."""

import asyncio
from datetime import UTC, date, datetime

from temporalio import activity

from activities.announcing import OrderAnnouncer
from activities.broker_days import BrokerDays
from activities.day_end import DayEnd
from broker.market_clock import ClockSource
from broker.port import Broker, NoAnswer, ReferenceData
from ledger.ledger import Ledger
from ledger.settlement import Opening, OpeningShares
from market.calendar import TradingCalendar
from market.phases import Phase, phase_at
from market.vocabulary import Exchange

_LOOK_SECONDS = 0.5
_LOAD_AGAIN_SECONDS = 2.0
_ASK_AGAIN_SECONDS = 10.0


class MarketWatcher:
    """Runs from the start of a broker day, or of the process, to the first instant of another day."""

    def __init__(
        self,
        ledger: Ledger,
        broker: Broker,
        reference: ReferenceData,
        clock: ClockSource,
        announcer: OrderAnnouncer,
        day_end: DayEnd,
    ) -> None:
        self._ledger = ledger
        self._days = BrokerDays(ledger, clock)
        self._broker = broker
        self._reference = reference
        self._clock = clock
        self._announcer = announcer
        self._day_end = day_end
        self._ask_next = 0.0

    async def watch(self) -> None:
        """What it has announced, it announces again after a restart: an order that waits looks for itself.

        A day that a person closes or reopens is announced like a clock that was set (LC-82).
        """
        today = await self._days.today()
        await self._open_day(today)
        seen: dict[Exchange, tuple[int, TradingCalendar, Phase]] = {}
        while True:
            clock = await self._clock.read()
            now = clock.at(datetime.now(UTC))
            if await self._days.day_of(now) != today:
                return
            calendar = await self._days.calendar()
            for exchange in Exchange:
                phase = phase_at(exchange, now, calendar=calendar)
                state = (clock.version, calendar, phase)
                if seen.get(exchange) != state:
                    seen[exchange] = state
                    await self._phase_changed(exchange, phase, now)
            await self._ask_how_orders_ended()
            await asyncio.sleep(_LOOK_SECONDS)

    async def _open_day(self, today: date) -> None:
        """Nothing can be accepted before the day's reference data are there; yesterday's are never used."""
        while not await self._ledger.instruments_loaded(today):
            loaded = await self._reference.instruments(today)
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
                cash = await self._broker.cash(account.broker_account)
                held = await self._broker.positions(account.broker_account)
                if isinstance(cash, NoAnswer) or isinstance(held, NoAnswer):
                    raise ConnectionError(f"the broker did not tell the balances of account {account.account_id}")
                shares = {row.symbol: OpeningShares(row.owned, row.sellable, row.average_price) for row in held.rows}
                opening = Opening(cash.settled, cash.receivable, shares)
                await self._ledger.open_balances(account.account_id, today, opening)

    async def _phase_changed(self, exchange: Exchange, phase: Phase, now: datetime) -> None:
        """Waiting orders are woken one after the other in the order of their acceptance."""
        await self._ledger.settle_due(now)
        for order_id in await self._ledger.waiting_orders(exchange):
            stored = await self._ledger.load(order_id)
            if stored is not None:
                await self._announcer.phase(stored, f"{exchange} {phase.name}")

    async def _ask_how_orders_ended(self) -> None:
        loop_time = asyncio.get_running_loop().time()
        if loop_time < self._ask_next:
            return
        self._ask_next = loop_time + _ASK_AGAIN_SECONDS
        await self._day_end.ask()
