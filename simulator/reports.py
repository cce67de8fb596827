"""What the broker tells its client about orders; `wire` turns these into messages.

`position` counts the messages of a day whatever their notify ids are.
"""

from dataclasses import dataclass
from datetime import date, datetime

from simulator.broker_order import BrokerOrder
from simulator.commands import Command


@dataclass(frozen=True, slots=True)
class OrderReport:
    """The state of an order after something happened to it."""

    trading_date: date
    notify_id: int
    position: int
    order: BrokerOrder

    @property
    def account(self) -> str:
        return self.order.account

    @property
    def symbol(self) -> str:
        return self.order.symbol


@dataclass(frozen=True, slots=True)
class MatchReport:
    """One execution of a client's order; SSI gives executions no id of their own."""

    trading_date: date
    notify_id: int
    position: int
    order: BrokerOrder
    price: int
    quantity: int
    at: datetime

    @property
    def account(self) -> str:
        return self.order.account

    @property
    def symbol(self) -> str:
        return self.order.symbol


@dataclass(frozen=True, slots=True)
class RefusalReport:
    """A request that was refused after its HTTP answer; `order` is the order it made or meant, if there is one."""

    trading_date: date
    notify_id: int
    position: int
    command: Command
    order: BrokerOrder | None
    code: str
    reason: str
    at: datetime

    @property
    def account(self) -> str:
        return self.command.account

    @property
    def symbol(self) -> str:
        return self.command.symbol


Report = OrderReport | MatchReport | RefusalReport
