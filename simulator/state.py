"""Everything the broker and the exchanges know at one market instant, and what of it has changed since last asked."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from market.phases import PhaseName, phase_at
from market.vocabulary import Exchange
from simulator.accounts import Account
from simulator.book import Book
from simulator.broker_order import BrokerOrder
from simulator.commands import Command, ParticipantOrder
from simulator.refusals import Refusal
from simulator.reports import MatchReport, OrderReport, RefusalReport, Report
from simulator.security import Security, board_for


class PreOpen(StrEnum):
    """What the broker does with an order that the exchange does not take yet (SSI's rule is unknown)."""

    BROKER = "broker"
    REJECT = "reject"


@dataclass(slots=True)
class Changes:
    """Keys of the records to store, in the order in which they changed, and the reports to send."""

    orders: dict[str, None] = field(default_factory=dict)
    accounts: dict[str, None] = field(default_factory=dict)
    securities: dict[str, None] = field(default_factory=dict)
    participant_orders: dict[str, None] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)


@dataclass(slots=True)
class Counters:
    """Numbers that never go back: notify ids within a day, order numbers and arrivals for good."""

    notify_id: int = 0
    order_number: int = 20_000_000
    sequence: int = 0


@dataclass(slots=True)
class ExchangeState:
    """`now` is market time; `orders` are the clients' orders of `trading_date` by order id."""

    trading_date: date
    now: datetime
    securities: dict[str, Security]
    accounts: dict[str, Account] = field(default_factory=dict)
    orders: dict[str, BrokerOrder] = field(default_factory=dict)
    participant_orders: dict[str, ParticipantOrder] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)
    pre_open: PreOpen = PreOpen.BROKER
    changes: Changes = field(default_factory=Changes)

    def phase_of(self, exchange: Exchange) -> PhaseName:
        return phase_at(exchange, self.now).name

    def book_of(self, order: BrokerOrder | ParticipantOrder) -> Book:
        return self.securities[order.symbol].books[board_for(order.quantity)]

    def next_order_id(self) -> str:
        self.counters.order_number += 1
        return str(self.counters.order_number)

    def next_sequence(self) -> int:
        self.counters.sequence += 1
        return self.counters.sequence

    def keep(self, order: BrokerOrder) -> None:
        """Store a step of a client's order and carry its hold and its fill into the account."""
        account = self.accounts[order.account]
        account.book(self.orders.get(order.order_id), order, self.trading_date)
        self.orders[order.order_id] = order
        self.changes.orders[order.order_id] = None
        self.changes.accounts[order.account] = None

    def report(self, order: BrokerOrder) -> None:
        self.changes.reports.append(OrderReport(self.trading_date, self._next_notify_id(), order))

    def report_match(self, order: BrokerOrder, price: int, quantity: int) -> None:
        report = MatchReport(self.trading_date, self._next_notify_id(), order, price, quantity, self.now)
        self.changes.reports.append(report)

    def report_refusal(self, command: Command, order: BrokerOrder | None, refusal: Refusal) -> None:
        report = RefusalReport(
            self.trading_date,
            self._next_notify_id(),
            command,
            order,
            refusal.code,
            refusal.reason,
            self.now,
        )
        self.changes.reports.append(report)

    def take_changes(self) -> Changes:
        """What has changed since the last call."""
        changes, self.changes = self.changes, Changes()
        return changes

    def _next_notify_id(self) -> int:
        self.counters.notify_id += 1
        return self.counters.notify_id
