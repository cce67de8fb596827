"""Names and messages of the workflows: all that the rest of the house needs to start, signal and ask them."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from orders.commands import PlaceOrder

ORDERS_QUEUE = "orders"
BROKER_QUEUE = "broker"
FEED_QUEUE = "feed"

ORDER = "Order"
BROKER_FEED = "BrokerFeed"
TRADING_DAY = "TradingDay"
TRADING_DAY_ID = "trading-day"
MARKET_FEED = "MarketFeed"
MARKET_FEED_ID = "market-feed"
TRADING_ACCESS = "TradingAccess"
REFERENCE_DATA = "ReferenceData"
REFERENCE_DATA_SCHEDULE_ID = "reference-data"

PLACE = "place"
CANCEL_OUTCOME = "cancel_outcome"
AMEND_OUTCOME = "amend_outcome"
EVIDENCE_ARRIVED = "evidence_arrived"
CANCEL_ASKED = "cancel_asked"
AMEND_ASKED = "amend_asked"
PHASE_CHANGED = "phase_changed"
VIEW = "view"
ACCESS_LOOK = "access_look"
CODE_WANTED = "code_wanted"

RETENTION = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class OrderStart:
    """What a run starts from: the command of a new order, or nothing but the id of one that is stored."""

    order_id: str
    place: PlaceOrder | None = None


@dataclass(frozen=True, slots=True)
class EvidenceArrived:
    """The inbox holds something new for the order; `summary` is for the people who read its history."""

    summary: str


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """The market's phase or clock changed; an order that waits for a phase looks again."""

    phase: str


@dataclass(frozen=True, slots=True)
class OrderResult:
    """How a run ended; the ledger has the rest."""

    order_id: str
    status: str
    filled: int


class LoadEnd(StrEnum):
    LOADED = "loaded"
    DAY_OVER = "day_over"
    """The day that was asked for is not the broker's day any more, or not yet."""

    NO_TRADING_DAY = "no_trading_day"
    """Nobody named a day, and the market does not trade today."""


@dataclass(frozen=True, slots=True)
class LoadReferenceData:
    """Whose reference data; None for the market's own today, which need not be the wall clock's date."""

    trading_date: date | None = None


@dataclass(frozen=True, slots=True)
class ReferenceDataLoaded:
    """How a load ended: how many securities were saved, and how many of their bands differ from the rules' (VN-A8)."""

    trading_date: date
    end: LoadEnd
    securities: int = 0
    alarms: int = 0

    def summary(self) -> str:
        if self.end is not LoadEnd.LOADED:
            return f"reference data for {self.trading_date}: not loaded ({self.end})"
        alarms = "1 alarm" if self.alarms == 1 else f"{self.alarms} alarms"
        return f"reference data for {self.trading_date}: {self.securities} securities, {alarms}"


def feed_id(connection_id: str) -> str:
    return f"feed:{connection_id}"


def reference_data_id(trading_date: date | None) -> str:
    return f"reference-data-{trading_date or 'today'}"


def access_id(connection_id: str) -> str:
    return f"trading-access-{connection_id}"
