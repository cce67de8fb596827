"""The ledger's face: each method is one transaction, and nothing outside this room speaks SQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger import (
    acceptance,
    account_acts,
    accounts,
    adopting,
    alerting,
    amending,
    attempts,
    booking,
    evidence_rows,
    idempotency_keys,
    inbox,
    instrument_words,
    instruments,
    market_feed,
    one_time_codes,
    previewing,
    routing,
    settlement,
)
from ledger.account_acts import Act, ActRefusal, Adjustment, NotOurs
from ledger.accounts import Account, AlertKind, Connection, UserGrants
from ledger.adopting import ADOPTION_PATIENCE, ExternalOrder, NotAdopted, Stranger
from ledger.attempts import AttemptOutcome
from ledger.band_alerts import tell_bands
from ledger.calendar import RecordedOverride, read_calendar, record_deviation, record_override
from ledger.database import patiently
from ledger.inbox import InboxMessage, Unrouted
from ledger.instrument_words import RecordedWord, WordInForce
from ledger.order_rows import connection_of, load_order
from ledger.previewing import Preview
from ledger.reads import alerts as alert_reads
from ledger.reads import at_broker, proofs
from ledger.reads import orders as order_reads
from ledger.reads import owned as owned_reads
from ledger.reads import positions as position_reads
from ledger.reads.alerts import Alert
from ledger.reads.orders import AmendWish, Event, Execution, OrderPage
from ledger.reads.owned import Owned
from ledger.reads.positions import Cash, Position
from ledger.reads.proofs import Imbalance
from ledger.routing import BOOKING_PATIENCE, RoutedOrder
from ledger.settlement import Opening
from market.calendar import CalendarOverride, TradingCalendar
from market.clock import MarketClock
from market.deviations import PhaseDeviation
from market.instrument import Instrument
from market.instrument_words import InstrumentWord
from market.shown import SecurityShown
from market.terms import OrderTerms
from market.vocabulary import Exchange, Side
from orders.commands import AmendOrder, PlaceOrder
from orders.evidence import Evidence, RequestAnswered
from orders.order import Action, Order
from orders.status import Status
from orders.stored import StoredOrder
from risk.checks import Limits

ANSWER_PATIENCE_SECONDS = 20.0


class Ledger:
    """Money, shares and orders as booked, over one engine, whose life is its owner's business."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reads = engine.execution_options(isolation_level="AUTOCOMMIT")  # single statements need no BEGIN

    # Acceptance

    async def accept(
        self, command: PlaceOrder, market_now: datetime, wall_now: datetime, limits: Limits
    ) -> StoredOrder:
        """Check, hold and store the verdict; for a known order id or client order id the stored order is the answer.

        The caller compares fingerprints. Raises `UnknownAccountError`.
        """
        async with self._engine.begin() as connection:
            return await acceptance.accept(connection, command, market_now, wall_now, limits)

    async def recheck(self, order_id: str, clock: MarketClock, wall_now: datetime, limits: Limits) -> StoredOrder:
        """Check an unsent order again; broken rules close it as denied. Raises `UnknownOrderError`."""
        async with self._engine.begin() as connection:
            return await acceptance.recheck(connection, order_id, clock, wall_now, limits)

    async def preview(
        self,
        account_id: str,
        terms: OrderTerms,
        market_now: datetime,
        limits: Limits,
        *,
        queue_next_day: bool = False,
    ) -> Preview:
        """What accepting an order would find at `market_now`; nothing is written. Raises `UnknownAccountError`."""
        async with self._reads.connect() as connection:
            return await previewing.preview(
                connection, account_id, terms, market_now, limits, queue_next_day=queue_next_day
            )

    async def load(self, order_id: str) -> StoredOrder | None:
        async with self._reads.connect() as connection:
            return await load_order(connection, order_id)

    async def order_of_key(self, user: str, key: str) -> StoredOrder | None:
        """The order that the user's request under `key` has made."""
        async with self._reads.connect() as connection:
            return await idempotency_keys.order_of_key(connection, user, key)

    async def connection_of(self, order_id: str) -> str:
        """The broker connection that the order belongs to. Raises `UnknownOrderError`."""
        async with self._reads.connect() as connection:
            return await connection_of(connection, order_id)

    # Evidence and booking

    async def record(self, order_id: str, key: str, evidence: Evidence, source: str) -> None:
        """Store evidence for an order; the first word under a key stands."""
        async with self._engine.begin() as connection:
            await evidence_rows.record(connection, order_id, key, evidence, source)

    async def book(self, order_id: str) -> StoredOrder:
        """Fold all evidence not yet folded and post the difference once. Raises `UnknownOrderError`."""
        async with self._engine.begin() as connection:
            return await booking.book(connection, order_id)

    async def ask_amend(
        self, amend: AmendOrder, market_now: datetime, wall_now: datetime, limits: Limits
    ) -> StoredOrder:
        """Check an amendment, hold what it needs and book it; one that breaks rules is refused with all of them.

        Raises `UnknownOrderError`.
        """
        async with self._engine.begin() as connection:
            return await amending.ask_amend(connection, amend, market_now, wall_now, limits)

    # Attempts

    async def start_attempt(
        self, order_id: str, action: Action, intent_id: str, today: date, wall_now: datetime
    ) -> AttemptOutcome:
        """Only the caller that gets an `Attempt` may send on the broker's day `today`; an order too old is closed.

        Raises `UnknownOrderError`.
        """
        async with self._reads.connect() as connection:
            request_id = await attempts.next_request_id(connection, order_id)
        async with self._engine.begin() as connection:
            return await attempts.start_attempt(connection, request_id, order_id, action, intent_id, today, wall_now)

    async def finish_attempt(self, request_id: str, order_id: str, answered: RequestAnswered) -> StoredOrder:
        """Store the answer (the first one stands) and book it. Raises `UnknownOrderError`.

        While the database does not answer it is tried again for `ANSWER_PATIENCE_SECONDS`: the answer is nowhere else.
        """

        async def finish() -> StoredOrder:
            async with self._engine.begin() as connection:
                return await attempts.finish_attempt(connection, request_id, order_id, answered)

        return await patiently(finish, ANSWER_PATIENCE_SECONDS)

    async def give_up_attempts(self, order_id: str) -> StoredOrder:
        """Requests whose sender is gone become unknown until proof comes. Raises `UnknownOrderError`."""
        async with self._engine.begin() as connection:
            return await attempts.give_up_attempts(connection, order_id)

    async def saw_request_ids(self, connection_id: str, trading_date: date, request_ids: frozenset[str]) -> None:
        """Request ids found at the broker are never allotted again."""
        async with self._engine.begin() as connection:
            await attempts.saw_request_ids(connection, connection_id, trading_date, request_ids)

    # Feed

    async def store_raw(self, connection_id: str, trading_date: date, messages: Sequence[InboxMessage]) -> None:
        """Store messages that are not there yet; other words under a known key raise an alert (LC-24)."""
        async with self._engine.begin() as connection:
            await inbox.store_raw(connection, connection_id, trading_date, messages)

    async def cursor(self, connection_id: str, trading_date: date) -> int:
        """The last sequence number of the day before the first gap, 0 before the first message."""
        async with self._reads.connect() as connection:
            return await inbox.cursor(connection, connection_id, trading_date)

    async def route(
        self, connection_id: str, trading_date: date, patience: timedelta = BOOKING_PATIENCE
    ) -> tuple[RoutedOrder, ...]:
        """Route what can be routed; returns the orders with new evidence, or with some that waits beyond `patience`."""
        async with self._engine.begin() as connection:
            return await routing.route(connection, connection_id, trading_date, patience)

    async def unrouted(self, connection_id: str, trading_date: date) -> Unrouted:
        """How much evidence belongs to no order we know."""
        async with self._reads.connect() as connection:
            return await inbox.unrouted(connection, connection_id, trading_date)

    async def strangers(
        self, connection_id: str, trading_date: date, patience: timedelta = ADOPTION_PATIENCE
    ) -> tuple[Stranger, ...]:
        """Broker orders that evidence has waited for longer than `patience`, none of it under an id of ours (LC-98)."""
        async with self._reads.connect() as connection:
            return await adopting.strangers(connection, connection_id, trading_date, patience)

    async def adopt(
        self,
        account_id: str,
        trading_date: date,
        found: ExternalOrder,
        market_now: datetime,
        wall_now: datetime,
        open_at_broker: Collection[str] | None = None,
    ) -> StoredOrder | NotAdopted:
        """Take in an order that no client of ours sent, with its hold and fills; `open_at_broker` are the orders that
        the same book shows as not ended. Raises `UnknownAccountError`."""
        async with self._engine.begin() as connection:
            return await adopting.adopt(
                connection, account_id, trading_date, found, market_now, wall_now, open_at_broker
            )

    async def orders_at_broker(
        self, connection_id: str, trading_date: date, broker_order_ids: Collection[str]
    ) -> dict[str, Order]:
        """The booked order of each broker order id that is known to be ours."""
        async with self._reads.connect() as connection:
            return await at_broker.orders_at_broker(connection, connection_id, trading_date, broker_order_ids)

    # Trading access

    async def leave_one_time_code(self, connection_id: str, code: str) -> None:
        """Keep a code for the connection's worker, for ten minutes at most; a later one takes its place."""
        async with self._engine.begin() as connection:
            await one_time_codes.leave_code(connection, connection_id, code)

    async def take_one_time_code(self, connection_id: str) -> str | None:
        """The code that was left, once; None when there is none that is still good."""
        async with self._engine.begin() as connection:
            return await one_time_codes.take_code(connection, connection_id)

    # Accounts

    async def owned(self, account_id: str, today: date = date.min) -> Owned:
        """What the account owns in all, for the comparison with the broker on the trading date `today` (LC-99)."""
        async with self._reads.connect() as connection:
            return await owned_reads.owned(connection, account_id, today)

    async def block(self, account_id: str, key: str, text: str) -> bool:
        """Take no new risk and raise an alert; False when `key` has done that before. Raises `UnknownAccountError`."""
        async with self._engine.begin() as connection:
            return await account_acts.block(connection, account_id, key, text)

    async def adjust(self, adjustment: Adjustment) -> Act | ActRefusal:
        """Book what a person says an account has more or less, once per key. Raises `UnknownAccountError`."""
        async with self._engine.begin() as connection:
            return await account_acts.adjust(connection, adjustment)

    async def book_rounding(self, account_id: str, trading_date: date, amount: int) -> bool:
        """Take over the broker's rounding (VND) once a day; False when that was done. Raises `UnknownAccountError`."""
        async with self._engine.begin() as connection:
            return await account_acts.book_rounding(connection, account_id, trading_date, amount)

    async def resume_account(self, account_id: str, author: str, reason: str, key: str) -> Act | ActRefusal:
        """Let a stopped account trade again on a person's word. Raises `UnknownAccountError`."""
        async with self._engine.begin() as connection:
            return await account_acts.resume(connection, account_id, author, reason, key)

    async def say_not_ours(self, word: NotOurs) -> Act | ActRefusal:
        """Let a broker order be taken in as external on a person's word. Raises `UnknownAccountError`."""
        async with self._engine.begin() as connection:
            return await account_acts.say_not_ours(connection, word)

    # Calendar

    async def calendar(self) -> TradingCalendar:
        """The published calendar with overrides and deviations; the same instance while these are the same."""
        async with self._reads.connect() as connection:
            return await read_calendar(connection)

    async def override_calendar(self, override: CalendarOverride) -> RecordedOverride:
        """Write down a person's word on one day; the last word on a day counts (LC-82)."""
        async with self._engine.begin() as connection:
            return await record_override(connection, override)

    async def record_deviation(self, deviation: PhaseDeviation) -> None:
        """Write down how a phase runs, whatever the table says (LC-80); the last word on its `since` counts."""
        async with self._engine.begin() as connection:
            await record_deviation(connection, deviation)

    # Housekeeping

    async def open_orders(self) -> tuple[StoredOrder, ...]:
        """Orders that need a running workflow: not closed, evidence missing, or evidence not yet folded."""
        async with self._reads.connect() as connection:
            return await order_reads.open_orders(connection)

    async def waiting_orders(
        self, exchange: Exchange | None = None, symbols: Collection[str] | None = None
    ) -> tuple[str, ...]:
        """Ids of accepted orders that were never sent, in the order of their acceptance; of one exchange, of some
        symbols, or all."""
        async with self._reads.connect() as connection:
            return await order_reads.waiting_orders(connection, exchange, symbols)

    async def settle_due(self, market_now: datetime) -> int:
        """Make everything available whose settlement time has come, by the calendar in force then.

        Returns how many buckets moved.
        """
        async with self._reads.connect() as connection:
            due = await settlement.accounts_due(connection, market_now)
        moved = 0
        for account_id in due:
            async with self._engine.begin() as connection:
                moved += await settlement.settle_account(connection, account_id, market_now)
        return moved

    async def open_balances(self, account_id: str, trading_date: date, opening: Opening) -> bool:
        """Book once what an account owns at first; False when that was done before."""
        async with self._engine.begin() as connection:
            return await settlement.open_balances(connection, account_id, trading_date, opening)

    async def save_instruments(self, rows: Sequence[Instrument]) -> int:
        """Insert or replace by symbol and trading date; returns how many were written."""
        async with self._engine.begin() as connection:
            return await instruments.save_instruments(connection, rows)

    async def renew_instruments(self, rows: Sequence[Instrument]) -> int:
        """Save what a daily list tells of a day; status, and a room of None, stay as something else has told them."""
        async with self._engine.begin() as connection:
            return await instruments.renew_instruments(connection, rows)

    async def apply_shown(self, shown: Sequence[SecurityShown]) -> tuple[Instrument, ...]:
        """Lay what the feed shows over the day's reference data; the securities that have some, as they stand then.

        What a person's word denies raises an alert.
        """
        async with self._engine.begin() as connection:
            found = await market_feed.apply_shown(connection, shown)
            await instrument_words.tell_contradicted(connection, shown)
            return found

    async def tell_bands(self, symbols: Collection[str], trading_date: date) -> int:
        """Alert about each band of the day that differs from the one the rules give; returns how many do."""
        async with self._engine.begin() as connection:
            return await tell_bands(connection, symbols, trading_date)

    async def save_last_prices(self, last_prices: Mapping[str, tuple[int, datetime]]) -> None:
        """Keep each symbol's last price in VND and when it was told."""
        async with self._engine.begin() as connection:
            await market_feed.save_last_prices(connection, last_prices)

    async def instruments_loaded(self, trading_date: date) -> int:
        async with self._reads.connect() as connection:
            return await instruments.instruments_loaded(connection, trading_date)

    async def instrument(self, symbol: str, trading_date: date) -> Instrument | None:
        async with self._reads.connect() as connection:
            return await instruments.load_instrument(connection, symbol, trading_date)

    async def say_of_instrument(self, word: InstrumentWord) -> WordInForce:
        """Write down a person's word on a security; the last word about the same thing counts for a day."""
        async with self._engine.begin() as connection:
            return await instrument_words.record_word(connection, word)

    async def words_on(self, symbol: str) -> tuple[RecordedWord, ...]:
        """Everything that people ever said of the security, the last word first."""
        async with self._reads.connect() as connection:
            return await instrument_words.words_on(connection, symbol)

    async def words_since(self, word_id: int) -> tuple[int, tuple[str, ...]]:
        """The number of the last word on any security, and the securities of all words after `word_id`."""
        async with self._reads.connect() as connection:
            return await instrument_words.words_since(connection, word_id)

    async def latest_instrument(self, symbol: str) -> Instrument | None:
        """The security on the last day that has data of it, people's words laid over."""
        async with self._reads.connect() as connection:
            return await instruments.latest_instrument(connection, symbol)

    async def connections(self) -> tuple[Connection, ...]:
        async with self._reads.connect() as connection:
            return await accounts.connections(connection)

    async def accounts_of(self, connection_id: str) -> tuple[Account, ...]:
        async with self._reads.connect() as connection:
            return await accounts.accounts_of(connection, connection_id)

    # Reads

    async def orders(
        self,
        account_ids: Collection[str],
        *,
        status: frozenset[Status] | None = None,
        symbol: str | None = None,
        side: Side | None = None,
        client_order_id: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> OrderPage:
        """A page of orders, newest first. Raises `BadCursorError`."""
        async with self._reads.connect() as connection:
            return await order_reads.list_orders(
                connection,
                account_ids,
                status=status,
                symbol=symbol,
                side=side,
                client_order_id=client_order_id,
                cursor=cursor,
                limit=limit,
            )

    async def executions(self, order_id: str) -> tuple[Execution, ...]:
        async with self._reads.connect() as connection:
            return await order_reads.executions(connection, order_id)

    async def amend_wishes(self, order_id: str) -> tuple[AmendWish, ...]:
        """Who asked for each of the order's amendments, and when."""
        async with self._reads.connect() as connection:
            return await order_reads.amend_wishes(connection, order_id)

    async def events(self, order_id: str) -> tuple[Event, ...]:
        async with self._reads.connect() as connection:
            return await order_reads.events(connection, order_id)

    async def positions(self, account_id: str) -> tuple[Position, ...]:
        async with self._reads.connect() as connection:
            return await position_reads.positions(connection, account_id)

    async def position(self, account_id: str, symbol: str) -> Position | None:
        async with self._reads.connect() as connection:
            return await position_reads.position(connection, account_id, symbol)

    async def cash(self, account_id: str) -> Cash:
        async with self._reads.connect() as connection:
            return await position_reads.cash(connection, account_id)

    async def grants(self, user: str) -> UserGrants | None:
        async with self._reads.connect() as connection:
            return await accounts.grants(connection, user)

    async def account(self, account_id: str) -> Account | None:
        async with self._reads.connect() as connection:
            return await accounts.load_account(connection, account_id)

    async def alerts(self, limit: int = 100, account_ids: Collection[str] | None = None) -> tuple[Alert, ...]:
        """The newest alerts first; with `account_ids` none that is about another account."""
        async with self._reads.connect() as connection:
            return await alert_reads.alerts(connection, limit, account_ids)

    async def raise_alert(
        self,
        kind: AlertKind,
        key: str,
        text: str,
        *,
        account_id: str | None = None,
        connection_id: str | None = None,
    ) -> bool:
        """Raise an alert once for its fact; False when `key` was raised before. Without account and connection it is
        about the market."""
        async with self._engine.begin() as connection:
            return await alerting.raise_alert(
                connection, kind, key, text, account_id=account_id, connection_id=connection_id
            )

    # Proofs

    async def trial_balance(self) -> tuple[Imbalance, ...]:
        """Everything that does not add up; empty when the ledger is sound (I5)."""
        async with self._reads.connect() as connection:
            return await proofs.trial_balance(connection)

    async def refold(self, order_id: str) -> Order:
        """The order as its stored evidence makes it, folded from the start again (I3)."""
        async with self._reads.connect() as connection:
            return await proofs.refold(connection, order_id)

    async def ping(self) -> None:
        """Raise unless the database answers."""
        async with self._reads.connect() as connection:
            await connection.execute(text("SELECT 1"))
