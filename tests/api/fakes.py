"""Stand-ins at the API's ports: a ledger in memory, a gateway that answers as told, a clock that is set."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.exc import OperationalError

from api.order_gateway import Delivered, NoAnswer, NoSuchRun, OrderRun, RunEnded
from ledger.account_acts import Act, ActKind, ActRefusal, Adjustment, NotOurs
from ledger.accounts import Account, AccountKind, Connection, Role, UserGrants
from ledger.calendar import RecordedOverride
from ledger.instrument_words import RecordedWord, WordInForce
from ledger.previewing import Preview
from ledger.reads.alerts import Alert
from ledger.reads.orders import AmendWish, BadCursorError, Execution, OrderPage
from ledger.reads.positions import Cash, Position
from market.calendar import CalendarOverride, TradingCalendar
from market.clock import MarketClock
from market.deviations import PhaseDeviation
from market.fees import SSI_ONLINE
from market.instrument import Instrument
from market.instrument_words import InstrumentWord
from market.terms import OrderTerms
from market.violations import RuleCode, Violation
from market.vocabulary import Exchange, InstrumentKind, OrderType, Side
from orders.commands import AmendOrder, CancelOrder, PlaceOrder
from orders.evidence import CancelAsked, ClosedHere, RequestAnswered
from orders.folding import apply
from orders.holds import Hold
from orders.order import CloseReason, Order
from orders.status import Status, status
from orders.stored import StoredOrder, Verdict
from risk.checks import Limits, TradingState
from workflows.access_state import AccessFound, AccessState, AccessView

ACCOUNT = "0901351"
OTHER_ACCOUNT = "0909999"
INSTRUMENT = Instrument(
    "VIC", "Vingroup", Exchange.HOSE, InstrumentKind.STOCK, date(2026, 11, 20), 85_500, 91_400, 79_600
)
MARKET_NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TERMS = OrderTerms("VIC", Exchange.HOSE, Side.BUY, OrderType.LO, 100, 85_500)


def loop_time() -> float:
    return asyncio.get_running_loop().time()


def stored_from(command: PlaceOrder, violations: tuple[Violation, ...] = ()) -> StoredOrder:
    order = Order(
        command.order_id,
        command.account_id,
        command.client_order_id,
        command.terms,
        MARKET_NOW.date(),
        SSI_ONLINE,
    )
    if violations:
        order = apply(order, ClosedHere(CloseReason.DENIED, ""))
    return StoredOrder(
        order=order,
        verdict=Verdict(not violations, violations),
        user=command.user,
        request_id=command.request_id,
        fingerprint=command.fingerprint,
        received_at=command.received_at,
        updated_at=command.received_at,
        max_delay_seconds=command.max_delay_seconds,
        version=1,
        good_from=command.received_at,
    )


def stored_order(
    order_id: str = "6dbd5dbe-5a45-5a94-8d17-4b29f04e3ab2", account_id: str = ACCOUNT, terms: OrderTerms = TERMS
) -> StoredOrder:
    return stored_from(
        PlaceOrder(order_id, account_id, "mine-1", "trader", "r-1", "f", terms, MARKET_NOW, max_delay_seconds=900)
    )


def with_order(stored: StoredOrder, order: Order) -> StoredOrder:
    return replace(stored, order=order, version=stored.version + 1)


@dataclass
class FakeLedger:
    """`listed` are the only instruments, if there is one; else every symbol is listed on every day.

    `down` makes every read fail as a refused connection does, `hangs` makes it wait for ever.

    A `stubborn` one that hangs goes on when it is cancelled, as psycopg does with a server that is silent.
    """

    rows: dict[str, StoredOrder] = field(default_factory=dict)
    fills: dict[str, tuple[Execution, ...]] = field(default_factory=dict)
    wishes: dict[str, tuple[AmendWish, ...]] = field(default_factory=dict)
    owned: dict[str, Position] = field(default_factory=dict)
    users: dict[str, UserGrants] = field(default_factory=dict)
    money: Cash = field(default_factory=lambda: Cash(100_000_000, 8_562_825, {date(2026, 11, 19): 5_000_000}, 0))
    instruments: int = 3
    listed: dict[tuple[str, date], Instrument] | None = None
    opened: bool = True
    unknown_at_broker: tuple[str, ...] = ()
    connection_ids: tuple[str, ...] = ("ssi",)
    codes: list[tuple[str, str]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    act_refused: ActRefusal | None = None
    down: bool = False
    hangs: bool = False
    stubborn: bool = False
    released: asyncio.Event = field(default_factory=asyncio.Event)
    days_asked: list[date] = field(default_factory=list)
    overrides: list[CalendarOverride] = field(default_factory=list)
    words: list[InstrumentWord] = field(default_factory=list)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    deviations: list[PhaseDeviation] = field(default_factory=list)
    raised: list[Alert] = field(default_factory=list)
    previewed: list[tuple[str, OrderTerms, datetime, Limits]] = field(default_factory=list)
    preview_answer: Preview = field(default_factory=lambda: Preview((), (), Hold(), None, None, None, None))

    async def _answer(self) -> None:
        if self.hangs:
            await self._hang()
        if self.down:
            raise OperationalError("SELECT 1", {}, ConnectionRefusedError("connection refused"))

    async def _hang(self) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if self.stubborn:
                await self.released.wait()
            raise

    async def preview(
        self,
        account_id: str,
        terms: OrderTerms,
        market_now: datetime,
        limits: Limits,
        *,
        queue_next_day: bool = False,
    ) -> Preview:
        await self._answer()
        self.previewed.append((account_id, terms, market_now, limits))
        return self.preview_answer

    async def load(self, order_id: str) -> StoredOrder | None:
        await self._answer()
        return self.rows.get(order_id)

    async def order_of_key(self, user: str, key: str) -> StoredOrder | None:
        await self._answer()
        return self.rows.get(self.keys.get((user, key), ""))

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
        await self._answer()
        if cursor is not None and not cursor.isdecimal():
            raise BadCursorError(f"{cursor!r} is not a cursor; use next_cursor of the page before")
        wanted = [row for row in self.rows.values() if _matches(row, account_ids, status, symbol, side)]
        if client_order_id is not None:
            wanted = [row for row in wanted if row.order.client_order_id == client_order_id]
        start = int(cursor or 0)
        following = str(start + limit) if len(wanted) > start + limit else None
        return OrderPage(tuple(wanted[start : start + limit]), following)

    async def executions(self, order_id: str) -> tuple[Execution, ...]:
        await self._answer()
        return self.fills.get(order_id, ())

    async def amend_wishes(self, order_id: str) -> tuple[AmendWish, ...]:
        await self._answer()
        return self.wishes.get(order_id, ())

    async def positions(self, account_id: str) -> tuple[Position, ...]:
        await self._answer()
        return tuple(self.owned.values())

    async def position(self, account_id: str, symbol: str) -> Position | None:
        await self._answer()
        return self.owned.get(symbol)

    async def cash(self, account_id: str) -> Cash:
        await self._answer()
        return self.money

    async def calendar(self) -> TradingCalendar:
        await self._answer()
        return TradingCalendar(tuple(self.overrides), tuple(self.deviations))

    async def alerts(self, limit: int = 100, account_ids: Collection[str] | None = None) -> tuple[Alert, ...]:
        await self._answer()
        found = [each for each in self.raised if account_ids is None or each.account_id in {None, *account_ids}]
        return tuple(reversed(found))[:limit]

    async def override_calendar(self, override: CalendarOverride) -> RecordedOverride:
        await self._answer()
        self.overrides.append(override)
        return RecordedOverride(len(self.overrides), override, MARKET_NOW)

    async def adjust(self, adjustment: Adjustment) -> Act | ActRefusal:
        return await self._act(ActKind.ADJUSTED, adjustment)

    async def resume_account(self, account_id: str, author: str, reason: str, key: str) -> Act | ActRefusal:
        return await self._act(ActKind.RESUMED, Adjustment(account_id, "", 0, author, reason, key))

    async def say_not_ours(self, word: NotOurs) -> Act | ActRefusal:
        done = await self._act(ActKind.NOT_OURS, Adjustment(word.account_id, "", 0, word.author, word.reason, word.key))
        return replace(done, broker_order_id=word.broker_order_id) if isinstance(done, Act) else done

    async def _act(self, kind: ActKind, of: Adjustment) -> Act | ActRefusal:
        await self._answer()
        if self.act_refused is not None:
            return self.act_refused
        state, asset, amount = TradingState.ACTIVE, of.asset or None, of.amount or None
        act = Act(1, of.key, of.account_id, kind, of.author, of.reason, asset, amount, state, MARKET_NOW)
        self.acts.append(act)
        return act

    async def grants(self, user: str) -> UserGrants | None:
        await self._answer()
        return self.users.get(user)

    async def leave_one_time_code(self, connection_id: str, code: str) -> None:
        await self._answer()
        self.codes.append((connection_id, code))

    async def connections(self) -> tuple[Connection, ...]:
        await self._answer()
        return tuple(Connection(name, "SSI FastConnect") for name in self.connection_ids)

    async def accounts_of(self, connection_id: str) -> tuple[Account, ...]:
        await self._answer()
        account = Account(
            account_id=ACCOUNT,
            investor_id="demo",
            connection_id=connection_id,
            broker_account=ACCOUNT,
            kind=AccountKind.CASH,
            state=TradingState.ACTIVE,
            fees=SSI_ONLINE,
            is_foreign=False,
            opened=self.opened,
        )
        others = (replace(account, account_id=name, opened=False) for name in self.unknown_at_broker)
        return (account, *others)

    async def instrument(self, symbol: str, trading_date: date) -> Instrument | None:
        await self._answer()
        if self.listed is not None:
            return self.listed.get((symbol, trading_date))
        return replace(INSTRUMENT, symbol=symbol, trading_date=trading_date)

    async def say_of_instrument(self, word: InstrumentWord) -> WordInForce:
        await self._answer()
        self.words.append(word)
        instrument = await self.instrument(word.symbol, MARKET_NOW.date())
        return WordInForce(RecordedWord(len(self.words), word, MARKET_NOW), instrument)

    async def words_on(self, symbol: str) -> tuple[RecordedWord, ...]:
        await self._answer()
        said = [RecordedWord(number, word, MARKET_NOW) for number, word in enumerate(self.words, 1)]
        return tuple(each for each in reversed(said) if each.word.symbol == symbol)

    async def instruments_loaded(self, trading_date: date) -> int:
        await self._answer()
        self.days_asked.append(trading_date)
        return self.instruments

    async def ping(self) -> None:
        await self._answer()


def _matches(
    row: StoredOrder,
    account_ids: Collection[str],
    statuses: frozenset[Status] | None,
    symbol: str | None,
    side: Side | None,
) -> bool:
    order = row.order
    return (
        order.account_id in account_ids
        and (statuses is None or status(order) in statuses)
        and symbol in (None, order.terms.symbol)
        and side in (None, order.terms.side)
    )


def by_pin() -> AccessView:
    """A connection that is signed in and never needs a person."""
    until = MARKET_NOW + timedelta(hours=8)
    found = AccessFound(AccessState.SIGNED_IN, False, MARKET_NOW, MARKET_NOW + timedelta(hours=1), until=until)  # noqa: FBT003 - as stored
    return AccessView("ssi", found)


@dataclass
class FakeGateway:
    """Runs in memory, one row each in `ledger`; `hangs` names the methods that never answer."""

    ledger: FakeLedger
    violations: tuple[Violation, ...] = ()
    runs: dict[str, OrderRun] = field(default_factory=dict)
    first_answers: dict[str, StoredOrder] = field(default_factory=dict)
    views: dict[str, StoredOrder] = field(default_factory=dict)
    placed: list[PlaceOrder] = field(default_factory=list)
    cancels: list[tuple[CancelOrder, StoredOrder | None]] = field(default_factory=list)
    cancel_answers: list[StoredOrder] = field(default_factory=list)
    amends: list[tuple[AmendOrder, StoredOrder | None]] = field(default_factory=list)
    amend_answers: list[StoredOrder] = field(default_factory=list)
    loads: list[date] = field(default_factory=list)
    access_view: AccessView | None = field(default_factory=by_pin)
    access_calls: list[str] = field(default_factory=list)
    hangs: frozenset[str] = frozenset()
    place_answer: RunEnded | NoAnswer | None = None
    reachable: bool = True

    async def _answer(self, method: str) -> None:
        if method in self.hangs:
            await asyncio.Event().wait()

    async def place(self, command: PlaceOrder) -> StoredOrder | RunEnded | NoAnswer:
        """As the real one: a first placement starts a run, a repeated one gets the first answer again."""
        self.placed.append(command)
        if not self.reachable:
            return NoAnswer()
        self.runs.setdefault(command.order_id, run_of(command))
        await self._answer("place")
        if self.place_answer is not None:
            return self.place_answer
        if command.order_id not in self.first_answers:
            unpriced = (
                () if command.terms.price else (Violation(RuleCode.PRICE_MISSING, "VN-A4", "LO needs a price.", ""),)
            )
            self.first_answers[command.order_id] = stored_from(
                command, self._reused(command) or self.violations or unpriced
            )
            self.ledger.rows[command.order_id] = self.first_answers[command.order_id]
        return self.first_answers[command.order_id]

    def _reused(self, command: PlaceOrder) -> tuple[Violation, ...]:
        """As acceptance: the first verdict under a key takes it."""
        if not command.idempotency_key:
            return ()
        holder = self.ledger.keys.setdefault((command.user, command.idempotency_key), command.order_id)
        reused = Violation(RuleCode.IDEMPOTENCY_KEY_REUSED, "API-02", "The key is taken.", "", allowed=holder)
        return () if holder == command.order_id else (reused,)

    async def describe(self, order_id: str) -> OrderRun | NoSuchRun | NoAnswer:
        await self._answer("describe")
        if not self.reachable:
            return NoAnswer()
        return self.runs.get(order_id, NoSuchRun())

    async def view(self, order_id: str) -> StoredOrder | None:
        await self._answer("view")
        return self.views.get(order_id)

    async def ask_cancel(self, cancel: CancelOrder, stored: StoredOrder | None) -> Delivered | NoSuchRun | NoAnswer:
        await self._answer("ask_cancel")
        if not self.reachable:
            return NoAnswer()
        self.cancels.append((cancel, stored))
        return Delivered()

    async def cancel_outcome(self, order_id: str, intent_id: str) -> StoredOrder | RunEnded | NoAnswer:
        await self._answer("cancel_outcome")
        return self.cancel_answers.pop(0) if self.cancel_answers else RunEnded()

    async def ask_amend(self, amend: AmendOrder, stored: StoredOrder | None) -> Delivered | NoSuchRun | NoAnswer:
        await self._answer("ask_amend")
        if not self.reachable:
            return NoAnswer()
        self.amends.append((amend, stored))
        return Delivered()

    async def amend_outcome(self, order_id: str, intent_id: str) -> StoredOrder | RunEnded | NoAnswer:
        await self._answer("amend_outcome")
        return self.amend_answers.pop(0) if self.amend_answers else RunEnded()

    async def load_reference_data(self, trading_date: date) -> Delivered | NoAnswer:
        await self._answer("load_reference_data")
        if not self.reachable:
            return NoAnswer()
        self.loads.append(trading_date)
        return Delivered()

    async def access(self, connection_id: str) -> AccessView | None:
        await self._answer("access")
        return self.access_view

    async def have_access_looked_at(self, connection_id: str) -> Delivered | NoAnswer:
        return await self._call_access("have_access_looked_at", connection_id)

    async def have_code_sent(self, connection_id: str) -> Delivered | NoAnswer:
        return await self._call_access("have_code_sent", connection_id)

    async def _call_access(self, method: str, connection_id: str) -> Delivered | NoAnswer:
        await self._answer(method)
        if not self.reachable:
            return NoAnswer()
        self.access_calls.append(f"{method} {connection_id}")
        return Delivered()

    async def is_ready(self) -> bool:
        await self._answer("is_ready")
        return self.reachable


def run_of(command: PlaceOrder) -> OrderRun:
    return OrderRun(
        order_id=command.order_id,
        running=True,
        account_id=command.account_id,
        client_order_id=command.client_order_id,
        fingerprint=command.fingerprint,
        received_at=command.received_at,
        terms=command.terms,
        status=Status.RECEIVED,
    )


def cancel_asked(stored: StoredOrder, intent_id: str) -> StoredOrder:
    return with_order(stored, apply(stored.order, CancelAsked(intent_id, "trader")))


def cancelled_unsent(stored: StoredOrder) -> StoredOrder:
    return with_order(stored, apply(stored.order, ClosedHere(CloseReason.CANCELED_UNSENT, "cancelled before sending")))


def answered(stored: StoredOrder, answer: RequestAnswered) -> StoredOrder:
    return with_order(stored, apply(stored.order, answer))


@dataclass
class FakeClock:
    market_now: datetime | None = MARKET_NOW

    async def read(self) -> MarketClock | None:
        if self.market_now is None:
            return None
        return MarketClock(datetime.now(UTC), self.market_now, rate=1, version=4)


def demo_users() -> dict[str, UserGrants]:
    mine = {name: UserGrants(name, role, (ACCOUNT,), ACCOUNT) for name, role in _ROLES.items()}
    return {**mine, "stranger": UserGrants("stranger", Role.TRADER, (OTHER_ACCOUNT,), OTHER_ACCOUNT)}


_ROLES = {"trader": Role.TRADER, "viewer": Role.VIEWER, "operator": Role.OPERATOR}
