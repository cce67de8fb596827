"""Market data in our own words: what a data feed tells about securities, indexes and sessions. Prices in VND, volumes
in shares, times in UTC; index values are decimals."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from broker.port import NoAnswer
from market.bands import Band
from market.feed_sessions import FeedSession
from market.vocabulary import Exchange, SecurityStatus


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the order book; a price of 0 stands for orders without a price (ATO, ATC)."""

    price: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A security at one moment: the day's band and figures, and the best prices. `last` is None before the first
    trade; `session` and `status` None where the feed shows none that we know."""

    symbol: str
    exchange: Exchange
    at: datetime
    band: Band | None
    last: int | None
    last_quantity: int
    open: int | None
    high: int | None
    low: int | None
    volume: int
    value: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    session: FeedSession | None
    status: SecurityStatus | None


@dataclass(frozen=True, slots=True)
class SessionShown:
    """What the feed says of one security's session: per symbol, never of a whole exchange."""

    symbol: str
    exchange: Exchange
    at: datetime
    session: FeedSession | None
    status: SecurityStatus | None


@dataclass(frozen=True, slots=True)
class ForeignRoom:
    """Shares that foreigners may own in all and still buy, and those they bought and sold today."""

    symbol: str
    at: datetime
    total: int
    current: int
    bought: int
    sold: int


@dataclass(frozen=True, slots=True)
class TradeBar:
    """The day's figures of a security or an index after one trade; `value` is the last price or index value."""

    symbol: str
    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    quantity: int


@dataclass(frozen=True, slots=True)
class IndexShown:
    """An index at one moment, with how many of its securities rose, fell, or stand at a limit."""

    index: str
    at: datetime
    value: Decimal
    previous: Decimal
    volume: int
    traded_value: int
    advances: int
    declines: int
    unchanged: int
    ceilings: int
    floors: int


@dataclass(frozen=True, slots=True)
class DataNotUnderstood:
    """A message without a form we know; `channel` as far as it tells."""

    channel: str
    reason: str


@dataclass(frozen=True, slots=True)
class OtherMarket:
    """A message about a market that this house does not trade, such as derivatives and bonds."""


MarketMessage = OtherMarket | Snapshot | SessionShown | ForeignRoom | TradeBar | IndexShown | DataNotUnderstood


@dataclass(frozen=True, slots=True)
class DataReopened:
    """The connection was lost: what happened meanwhile is not told again."""


@dataclass(frozen=True, slots=True)
class DailyPrice:
    """One security on one trading day; prices without a trade are None, `foreign_room` where it is not told."""

    symbol: str
    trading_date: date
    band: Band
    open: int | None
    high: int | None
    low: int | None
    close: int | None
    volume: int
    value: int
    foreign_room: int | None


@dataclass(frozen=True, slots=True)
class Bar:
    """Prices over a day (`at` its midnight in Vietnam) or over minutes from `at` on."""

    symbol: str
    at: datetime
    open: int
    high: int
    low: int
    close: int
    volume: int


@dataclass(frozen=True, slots=True)
class IndexListing:
    code: str
    name: str
    exchange: str


@dataclass(frozen=True, slots=True)
class IndexDay:
    """An index on one trading day; traded value in VND."""

    code: str
    trading_date: date
    value: Decimal
    change: Decimal
    volume: int
    traded_value: int


class MarketData(Protocol):
    """Lists and figures that are asked for; each is whole or `NoAnswer`. `None` for a symbol means all of them."""

    async def daily_prices(
        self, exchange: Exchange, first: date, last: date, symbol: str | None = None
    ) -> tuple[DailyPrice, ...] | NoAnswer: ...

    async def daily_bars(self, symbol: str, first: date, last: date) -> tuple[Bar, ...] | NoAnswer: ...

    async def intraday_bars(
        self, symbol: str, first: date, last: date, minutes: int = 1
    ) -> tuple[Bar, ...] | NoAnswer: ...

    async def indexes(self, exchange: Exchange) -> tuple[IndexListing, ...] | NoAnswer: ...

    async def index_members(self, code: str) -> tuple[str, ...] | NoAnswer: ...

    async def index_days(self, code: str, first: date, last: date) -> tuple[IndexDay, ...] | NoAnswer: ...


class MarketFeed(Protocol):
    """Market data as it happens."""

    def follow(self, symbols: Sequence[str] = ()) -> AsyncGenerator[MarketMessage | DataReopened, None]:
        """Everything about these securities (none: all) for as long as it is iterated; connects again by itself."""
        ...
