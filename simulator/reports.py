"""What the broker tells its client about orders; `wire` turns these into messages.

`position` counts the messages of a day whatever their notify ids are.
"""

from dataclasses import dataclass
from datetime import date, datetime

from simulator.broker_order import BrokerOrder
from simulator.commands import Command


@dataclass(frozen=True, slots=True)
class _Told:
    trading_date: date
    notify_id: int
    position: int


@dataclass(frozen=True, slots=True)
class _OfOrder(_Told):
    order: BrokerOrder

    @property
    def account(self) -> str:
        return self.order.account

    @property
    def symbol(self) -> str:
        return self.order.symbol


@dataclass(frozen=True, slots=True)
class OrderReport(_OfOrder):
    """The state of an order after something happened to it."""


@dataclass(frozen=True, slots=True)
class MatchReport(_OfOrder):
    """One execution of a client's order; SSI gives executions no id of their own."""

    price: int
    quantity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RefusalReport(_Told):
    """A request that was refused after its HTTP answer; `order` is the order it made or meant, if there is one."""

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
