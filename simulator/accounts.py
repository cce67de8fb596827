"""Cash and shares of a broker's account: holds, fills, fees, tax and settlement on T+2 (VN-A11); pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from market.calendar import PUBLISHED, TradingCalendar, next_trading_day, usable_from
from market.fees import FeeSchedule, commission, sale_tax
from market.vocabulary import Side
from simulator.broker_order import BrokerOrder, cash_hold, share_hold
from simulator.corporate_actions import Claim


@dataclass(frozen=True, slots=True)
class Pending:
    """Shares or cash (VND) of one trade date on their way to settlement."""

    trade_date: date
    amount: int

    def is_due(self, now: datetime, calendar: TradingCalendar) -> bool:
        return usable_from(self.trade_date, calendar) <= now


@dataclass(slots=True)
class Position:
    """One security in one account; `cost` is what the shares now owned were bought for, in VND without fees."""

    settled: int = 0
    held: int = 0
    cost: int = 0
    bought: list[Pending] = field(default_factory=list)
    sold: list[Pending] = field(default_factory=list)

    @property
    def on_hand(self) -> int:
        """All shares owned, those not yet settled included."""
        return self.settled + sum(pending.amount for pending in self.bought)

    @property
    def sellable(self) -> int:
        return self.settled - self.held


@dataclass(slots=True)
class Account:
    """`cash` is settled cash less everything bought with its fees; `held` is what open buys keep of it. VND."""

    number: str
    cash: int
    fees: FeeSchedule
    foreign: bool = False
    held: int = 0
    positions: dict[str, Position] = field(default_factory=dict)
    receivables: list[Pending] = field(default_factory=list)
    bought_today: int = 0
    sold_today: int = 0
    claims: list[Claim] = field(default_factory=list)

    @property
    def purchasing_power(self) -> int:
        return self.cash - self.held

    def position(self, symbol: str) -> Position:
        """The position as it stands; an empty one, not stored, when there is none."""
        return self.positions.get(symbol, Position())

    def own_position(self, symbol: str) -> Position:
        """The position as it is stored; a new one where there was none."""
        return self.positions.setdefault(symbol, Position())

    def unpaid_shares(self, symbol: str) -> int:
        """New shares of a corporate action that are not paid out yet."""
        return sum(claim.shares for claim in self.claims if claim.symbol == symbol and not claim.paid)

    @property
    def unpaid_cash(self) -> int:
        """Dividends (VND) that are not paid out yet."""
        return sum(claim.cash for claim in self.claims if not claim.paid)

    def book(self, before: BrokerOrder | None, after: BrokerOrder, trade_date: date) -> None:
        """Carry one step of an order into cash and shares: the change of its hold, and its fill if it had one."""
        match after.side:
            case Side.BUY:
                self._book_buy(before, after, trade_date)
            case Side.SELL:
                self._book_sale(before, after, trade_date)

    def settle(self, now: datetime, calendar: TradingCalendar = PUBLISHED) -> bool:
        """Make everything due at `now` usable; whether anything was."""
        due, self.receivables = _due(self.receivables, now, calendar)
        self.cash += due
        moved = bool(due)
        for position in self.positions.values():
            arrived, position.bought = _due(position.bought, now, calendar)
            position.settled += arrived
            _, position.sold = _due(position.sold, now, calendar)
            moved = moved or arrived > 0
        return moved

    def start_day(self) -> None:
        """Forget the day's totals and the positions that came to nothing."""
        self.bought_today = self.sold_today = 0
        self.positions = {
            symbol: position
            for symbol, position in self.positions.items()
            if position.on_hand or position.sold or position.held
        }

    def _book_buy(self, before: BrokerOrder | None, after: BrokerOrder, trade_date: date) -> None:
        held_before = 0 if before is None else cash_hold(before, self.fees)
        self.held += cash_hold(after, self.fees) - held_before
        quantity, value = _traded(before, after)
        if not quantity and not value:
            return
        self.cash -= value + _difference(before, after, self._commission)
        self.bought_today += value
        position = self.positions.setdefault(after.symbol, Position())
        position.cost += value
        position.bought = _with(position.bought, trade_date, quantity)

    def _book_sale(self, before: BrokerOrder | None, after: BrokerOrder, trade_date: date) -> None:
        position = self.positions.setdefault(after.symbol, Position())
        position.held += share_hold(after) - (0 if before is None else share_hold(before))
        quantity, value = _traded(before, after)
        if not quantity and not value:
            return
        charges = _difference(before, after, self._commission) + _difference(before, after, self._sale_tax)
        # A sale told too late may find nothing left to sell.
        position.cost -= position.cost * quantity // position.on_hand if position.on_hand > 0 else 0
        position.settled -= quantity
        position.sold = _with(position.sold, trade_date, quantity)
        self.receivables = _with(self.receivables, trade_date, value - charges)
        self.sold_today += value

    def _commission(self, order: BrokerOrder) -> int:
        return commission(self.fees, order.filled_value)

    def _sale_tax(self, order: BrokerOrder) -> int:
        return sale_tax(self.fees, order.filled_value)


def trading_days_since(trade_date: date, today: date, calendar: TradingCalendar = PUBLISHED) -> int:
    """0 for today's trades, 1 for those of the trading day before, and so on."""
    days = 0
    while trade_date < today:
        trade_date = next_trading_day(trade_date, calendar)
        days += 1
    return days


def amount_by_age(pending: Iterable[Pending], today: date, age: int, calendar: TradingCalendar = PUBLISHED) -> int:
    """The sum of what was traded `age` trading days ago."""
    return sum(item.amount for item in pending if trading_days_since(item.trade_date, today, calendar) == age)


def _due(pending: list[Pending], now: datetime, calendar: TradingCalendar) -> tuple[int, list[Pending]]:
    """What can be used from now on, and what still waits."""
    arrived = sum(item.amount for item in pending if item.is_due(now, calendar))
    return arrived, [item for item in pending if not item.is_due(now, calendar)]


def _with(pending: list[Pending], trade_date: date, amount: int) -> list[Pending]:
    """One entry per trade date keeps the lists short however many fills a day has."""
    same = sum(item.amount for item in pending if item.trade_date == trade_date)
    others = [item for item in pending if item.trade_date != trade_date]
    return [*others, Pending(trade_date, same + amount)] if same + amount else others


def _traded(before: BrokerOrder | None, after: BrokerOrder) -> tuple[int, int]:
    if before is None:
        return after.filled, after.filled_value
    return after.filled - before.filled, after.filled_value - before.filled_value


def _difference(before: BrokerOrder | None, after: BrokerOrder, amount: Callable[[BrokerOrder], int]) -> int:
    """Fees are cumulative per order: a fill owes what the order's fee grew by."""
    return amount(after) - (0 if before is None else amount(before))
