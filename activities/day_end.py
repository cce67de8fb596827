"""How orders end that no message has closed: the broker is asked, and its word closes them (LC-04, LC-69 to LC-71).

No timer of ours means expired. After the close the audit book is asked until it tells every order's end; an order
that nobody knew the fate of and that an answered book does not show well after the close was never received.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from temporalio import activity

from activities.announcing import OrderAnnouncer
from activities.broker_days import BrokerDays
from activities.intake import Intake
from broker.port import Book, BookRow, Broker, NoAnswer
from ledger.accounts import Account
from ledger.ledger import Ledger
from market.calendar import TradingCalendar
from market.phases import order_expiry
from orders.evidence import ClosedHere
from orders.order import Action, CloseReason, Life, Order
from orders.stored import StoredOrder

ABSENCE_PROVES_AFTER = timedelta(minutes=15)
"""How long after the close an answered audit book without an order proves that the order never arrived."""

_AT_BROKER = frozenset({Life.SENDING, Life.UNKNOWN, Life.LIVE})


class DayEnd:
    def __init__(
        self, ledger: Ledger, broker: Broker, days: BrokerDays, announcer: OrderAnnouncer, intake: Intake
    ) -> None:
        self._ledger = ledger
        self._broker = broker
        self._days = days
        self._announcer = announcer
        self._intake = intake

    async def ask(self) -> bool:
        """Ask once about every order whose last phase is over; False while one of them has no proven end."""
        now = await self._days.market_now()
        calendar = await self._days.calendar()
        over = [stored for stored in await self._ledger.open_orders() if _is_over(stored.order, now, calendar)]
        for account in await self._ledger.accounts_of(self._intake.connection_id):
            own = [stored for stored in over if stored.order.account_id == account.account_id]
            for trading_date in sorted({stored.order.trading_date for stored in own}):
                of_the_day = [stored for stored in own if stored.order.trading_date == trading_date]
                await self._ask_about(account, trading_date, of_the_day, now)
        return not over

    async def _ask_about(
        self, account: Account, trading_date: date, orders: Sequence[StoredOrder], now: datetime
    ) -> None:
        """Earlier days are asked of the history, which has no request ids: there, absence proves nothing."""
        is_today = trading_date == await self._days.day_of(now)
        number = account.broker_account
        book = await (self._broker.audit_book(number) if is_today else self._broker.history(number, trading_date))
        if isinstance(book, NoAnswer):
            activity.logger.warning(
                "no list of the orders of %s on %s: %s", account.account_id, trading_date, book.text
            )
            return
        if is_today and await self._days.today() != trading_date:
            return  # the day turned while the book was read: request ids in it may be the new day's
        await self._intake.book(trading_date, _as_last_words(book, orders if is_today else None))
        if is_today:
            await self._close_absent(trading_date, orders, book, now)

    async def _close_absent(self, trading_date: date, orders: Sequence[StoredOrder], book: Book, now: datetime) -> None:
        calendar = await self._days.calendar()
        shown = [row.broker_order_id for row in book.shown if row.broker_order_id]
        known = await self._ledger.orders_at_broker(self._intake.connection_id, trading_date, shown)
        for stored in orders:
            if _was_never_received(stored.order, book, known.keys(), now, calendar):
                await self._close_not_received(stored, now)

    async def _close_not_received(self, stored: StoredOrder, now: datetime) -> None:
        order_id = stored.order.order_id
        closed = ClosedHere(CloseReason.NOT_RECEIVED, f"not in the end-of-day book at {now.isoformat()}")
        await self._ledger.record(order_id, f"day_end:{order_id}", closed, "day end")
        await self._announcer.evidence(stored, "not in the end-of-day book")


def _is_over(order: Order, now: datetime, calendar: TradingCalendar) -> bool:
    return order.life in _AT_BROKER and now >= order_expiry(order.terms.exchange, order.trading_date, calendar)


def _as_last_words(book: Book, over: Sequence[StoredOrder] | None) -> Book:
    """`book`, read after the last phase of the orders that are `over`, or of all; others can still trade."""
    rows = [row if over is not None and not _is_of_one(row, over) else _final(row) for row in book.rows]
    return replace(book, rows=tuple(rows))


def _is_of_one(row: BookRow, orders: Sequence[StoredOrder]) -> bool:
    if row.broker_order_id and any(row.broker_order_id == stored.order.broker_order_id for stored in orders):
        return True
    return any(stored.order.request(row.request_id) is not None for stored in orders)


def _final(row: BookRow) -> BookRow:
    return replace(row, report=replace(row.report, final=True))


def _was_never_received(
    order: Order, book: Book, known: Collection[str], now: datetime, calendar: TradingCalendar
) -> bool:
    """`known` are the broker's ids that belong to an order, which is another one: this one has none yet."""
    if order.life is not Life.UNKNOWN or order.broker_order_id:
        return False
    if now < order_expiry(order.terms.exchange, order.trading_date, calendar) + ABSENCE_PROVES_AFTER:
        return False
    sent = {request.request_id for request in order.requests if request.action is Action.SUBMIT}
    return book.lacks(sent, order.terms.symbol, order.terms.side, known)
