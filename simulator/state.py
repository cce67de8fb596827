"""Everything the broker and the exchanges know at one market instant, and what of it has changed since last asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from market.calendar import PUBLISHED, TradingCalendar
from market.facts import OwnOrder, TradingFacts
from market.phases import AUCTIONS, Phase, PhaseName, phase_at
from market.vocabulary import Exchange, Side
from simulator.accounts import Account
from simulator.bars import MinuteBar, bar_of_trade, joined
from simulator.book import Book
from simulator.broker_order import BrokerOrder
from simulator.commands import Command, NewOrder, ParticipantOrder
from simulator.corporate_actions import CorporateAction
from simulator.deferred import Deferred
from simulator.faults import Fault, FaultKind, Faults, Occasion
from simulator.given_tokens import GivenTokens
from simulator.refusals import Refusal
from simulator.reports import MatchReport, OrderReport, RefusalReport, Report
from simulator.security import Board, Security, board_for
from simulator.switches import DEFAULT, MatchTold, Scope, Switches


@dataclass(slots=True)
class Changes:
    """Keys of the records to store, in the order in which they changed, and the reports to send."""

    orders: dict[str, None] = field(default_factory=dict)
    accounts: dict[str, None] = field(default_factory=dict)
    securities: dict[str, None] = field(default_factory=dict)
    participant_orders: dict[str, None] = field(default_factory=dict)
    renamed_orders: list[str] = field(default_factory=list)
    minute_bars: dict[str, MinuteBar] = field(default_factory=dict)
    quoted: dict[str, None] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)


@dataclass(slots=True)
class Counters:
    """Numbers that never go back: notify ids and positions of messages within a day, the others for good."""

    notify_id: int = 0
    notify_ids: dict[str, int] = field(default_factory=dict)
    position: int = 0
    order_number: int = 20_000_000
    sequence: int = 0


@dataclass(slots=True)
class ExchangeState:
    """`now` is market time; `orders` are the clients' orders of `trading_date` by order id.

    `open_orders` holds the ids of those that live, by symbol. `skew` is how far SSI's own clock is off the market's,
    `deferred` and `hidden` what faults put off and keep out of the books.
    """

    trading_date: date
    now: datetime
    securities: dict[str, Security]
    accounts: dict[str, Account] = field(default_factory=dict)
    orders: dict[str, BrokerOrder] = field(default_factory=dict)
    participant_orders: dict[str, ParticipantOrder] = field(default_factory=dict)
    minute_bars: dict[str, MinuteBar] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)
    switches: Switches = DEFAULT
    calendar: TradingCalendar = PUBLISHED
    open_orders: dict[str, dict[str, None]] = field(default_factory=dict)
    skew: timedelta = timedelta()
    faults: Faults = field(default_factory=Faults)
    tokens: GivenTokens = field(default_factory=GivenTokens)
    deferred: list[Deferred] = field(default_factory=list)
    hidden: dict[str, datetime] = field(default_factory=dict)
    corporate_actions: list[CorporateAction] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)

    @property
    def stamp(self) -> datetime:
        """The time that SSI writes into orders and messages."""
        return self.now + self.skew

    @property
    def usual_calendar(self) -> TradingCalendar:
        """The calendar without the phases that run otherwise until further notice: what comes when they end."""
        return TradingCalendar(self.calendar.overrides) if self.calendar.deviations else self.calendar

    def phase_of(self, exchange: Exchange) -> PhaseName:
        return phase_at(exchange, self.now, calendar=self.calendar).name

    def phase_of_security(self, security: Security) -> Phase:
        """The phase that counts for a security of its status (VN-A10)."""
        return phase_at(security.listing.exchange, self.now, security.day.status, self.calendar)

    def facts_about(self, security: Security, account: Account) -> TradingFacts:
        """What decides an order of `account` beyond the reference data; own orders count in auctions only (VN-C7)."""
        in_auction = self.phase_of_security(security).name in AUCTIONS
        return TradingFacts(
            traded_today=security.day.trades > 0,
            foreign_investor=account.foreign,
            foreign_room=security.day.foreign_room,
            own_orders=tuple(self._own_orders(security.symbol, account)) if in_auction else (),
        )

    def book_of(self, order: BrokerOrder | ParticipantOrder) -> Book:
        return self.securities[order.symbol].books[board_for(order.quantity)]

    def next_order_id(self) -> str:
        self.counters.order_number += 1
        return str(self.counters.order_number)

    def next_sequence(self) -> int:
        self.counters.sequence += 1
        return self.counters.sequence

    def record_trade(self, security: Security, board: Board, price: int, quantity: int) -> None:
        """Carry a trade into the day's figures and the chart; odd lots move neither."""
        security.record(board, price, quantity)
        self.changes.securities[security.symbol] = None
        self.changes.quoted[security.symbol] = None
        if board is Board.ODD:
            return
        bar = bar_of_trade(security.symbol, self.now, price, quantity)
        known = self.minute_bars.get(bar.key)
        bar = bar if known is None else joined(known, bar)
        self.minute_bars[bar.key] = self.changes.minute_bars[bar.key] = bar

    def keep(self, order: BrokerOrder) -> None:
        """Store a step of a client's order and carry its hold and its fill into the account."""
        account = self.accounts[order.account]
        before = self.orders.get(order.order_id)
        account.book(before, order, self.trading_date)
        if account.foreign:
            self._claim_room(before, order)
        self.orders[order.order_id] = order
        self.mark_open(order)
        self.changes.orders[order.order_id] = None
        self.changes.accounts[order.account] = None

    def rename(self, order: BrokerOrder) -> BrokerOrder:
        """The same order under a new id; the old one is gone from every book."""
        renamed = replace(order, order_id=self.next_order_id(), previous_order_id=order.order_id)
        self.book_of(order).rename(order.order_id, renamed.order_id)
        del self.orders[order.order_id]
        self.open_orders[order.symbol].pop(order.order_id, None)
        self.changes.orders.pop(order.order_id, None)
        self.changes.renamed_orders.append(order.order_id)
        self.orders[renamed.order_id] = renamed
        self.mark_open(renamed)
        return renamed

    def draw(self, kind: FaultKind, order: BrokerOrder, path: str = "") -> Fault | None:
        """Whether a fault that is switched on befalls `order` now."""
        return self.faults.draw(kind, Occasion(path, order.account, order.symbol))

    def defer(self, fault: Fault, order: BrokerOrder, price: int, quantity: int) -> None:
        """Put off an execution by the fault's `value` in milliseconds of market time."""
        at = self.now + timedelta(milliseconds=fault.value)
        self.deferred.append(Deferred(at, fault.kind, order.order_id, price, quantity))

    def is_hidden(self, order: BrokerOrder) -> bool:
        """Whether the broker's books do not show the order yet."""
        return self.hidden.get(order.order_id, self.now) > self.now

    def mark_open(self, order: BrokerOrder) -> None:
        """Keep the order's id among the living of its symbol, or no longer."""
        living = self.open_orders.setdefault(order.symbol, {})
        if order.is_open:
            living[order.order_id] = None
        else:
            living.pop(order.order_id, None)

    def open_orders_by_arrival(self) -> list[BrokerOrder]:
        """Every living client order, the earliest first."""
        living = [self.orders[order_id] for ids in self.open_orders.values() for order_id in ids]
        return sorted(living, key=lambda order: order.sequence)

    def report(self, order: BrokerOrder) -> None:
        """Tell a step of an order, unless SSI keeps that status to itself."""
        if order.status in self.switches.skipped_statuses:
            return
        numbers = self._next_notify_id(order.account), self._next_position()
        self.changes.reports.append(OrderReport(self.trading_date, *numbers, order))

    def report_match(self, order: BrokerOrder, price: int, quantity: int) -> None:
        numbers = self._next_notify_id(order.account), self._next_position()
        report = MatchReport(self.trading_date, *numbers, order, price, quantity, self.stamp)
        self.changes.reports.append(report)

    def report_fill(self, order: BrokerOrder, price: int, quantity: int) -> None:
        """Tell an execution and the order that counts it; `order` is as the execution left it."""
        if self.switches.match_told is MatchTold.AFTER_ORDER:
            self.report(order)
            self.report_match(order, price, quantity)
        else:
            self.report_match(order, price, quantity)
            self.report(order)

    def report_refusal(self, command: Command, order: BrokerOrder | None, refusal: Refusal) -> None:
        early = isinstance(command, NewOrder) and not self.switches.number_early_errors
        report = RefusalReport(
            self.trading_date,
            0 if early else self._next_notify_id(command.account),
            self._next_position(),
            command,
            order,
            refusal.code,
            refusal.reason,
            self.stamp,
        )
        self.changes.reports.append(report)

    def take_changes(self) -> Changes:
        """What has changed since the last call."""
        changes, self.changes = self.changes, Changes()
        return changes

    def _own_orders(self, symbol: str, account: Account) -> Iterator[OwnOrder]:
        for order_id in self.open_orders.get(symbol, ()):
            order = self.orders[order_id]
            if order.account == account.number:
                yield OwnOrder(
                    order_id, symbol, order.side, order.order_type, order.price or None, order.sent_at or self.now
                )

    def _claim_room(self, before: BrokerOrder | None, after: BrokerOrder) -> None:
        """A foreign buy takes its room when it is entered and gives back what it does not fill (VN-A11)."""
        security = self.securities.get(after.symbol)
        if security is None or security.day.foreign_room is None or after.side is Side.SELL:
            return
        claimed = after.filled + after.leaves - (0 if before is None else before.filled + before.leaves)
        security.day = replace(security.day, foreign_room=security.day.foreign_room - claimed)
        self.changes.securities[after.symbol] = None

    def _next_notify_id(self, account: str) -> int:
        step = self.switches.notify_id_step
        if self.switches.notify_ids is Scope.ACCOUNT:
            own = self.counters.notify_ids
            own[account] = own.get(account, 0) + step
            return own[account]
        self.counters.notify_id += step
        return self.counters.notify_id

    def _next_position(self) -> int:
        self.counters.position += 1
        return self.counters.position
