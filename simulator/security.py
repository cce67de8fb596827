"""One listed security through one trading day: its reference data, its two boards and what was traded."""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from market.bands import Band, band_for
from market.instrument import Instrument
from market.lots import is_odd_lot
from market.matching import PriceGrid
from market.statuses import trades_on
from market.vocabulary import BandDay, SecurityStatus
from simulator.book import Book
from simulator.symbols import Listing


class Board(StrEnum):
    """Odd lots (1 to 99 shares) trade in a book of their own (VN-C6)."""

    ROUND = "ROUND"
    ODD = "ODD"


def board_for(quantity: int) -> Board:
    return Board.ODD if is_odd_lot(quantity) else Board.ROUND


@dataclass(frozen=True, slots=True)
class DaySummary:
    """Prices (VND) and totals of one security's round-lot trades on one trading date; 0 where nothing was traded."""

    symbol: str
    trading_date: date
    reference: int
    ceiling: int
    floor: int
    open: int = 0
    high: int = 0
    low: int = 0
    last: int = 0
    last_quantity: int = 0
    volume: int = 0
    value: int = 0
    trades: int = 0
    status: SecurityStatus = SecurityStatus.NORMAL
    foreign_room: int | None = None
    band_day: BandDay = BandDay.NORMAL

    @property
    def close(self) -> int:
        """The last price, or the reference of a day without a trade."""
        return self.last or self.reference

    @property
    def average(self) -> int:
        return self.value // self.volume if self.volume else 0


@dataclass(slots=True)
class Security:
    listing: Listing
    day: DaySummary
    books: dict[Board, Book] = field(default_factory=lambda: {board: Book() for board in Board})

    @property
    def symbol(self) -> str:
        return self.listing.symbol

    @property
    def instrument(self) -> Instrument:
        listing, day = self.listing, self.day
        return Instrument(
            listing.symbol,
            listing.name,
            listing.exchange,
            listing.kind,
            day.trading_date,
            day.reference,
            day.ceiling,
            day.floor,
            day.status,
            day.band_day,
            day.foreign_room,
        )

    @property
    def grid(self) -> PriceGrid:
        """On which prices it may trade today."""
        listing, day = self.listing, self.day
        return PriceGrid(listing.exchange, listing.kind, Band(day.reference, day.ceiling, day.floor))

    @property
    def is_tradable(self) -> bool:
        """Whether the exchange lets it trade on this day at all (VN-A10)."""
        return trades_on(self.listing.exchange, self.day.status, self.day.trading_date)

    def record(self, board: Board, price: int, quantity: int) -> None:
        """Add a trade to the day's figures; odd lots do not move them."""
        if board is Board.ODD:
            return
        day = self.day
        self.day = replace(
            day,
            open=day.open or price,
            high=max(day.high, price),
            low=min(day.low or price, price),
            last=price,
            last_quantity=quantity,
            volume=day.volume + quantity,
            value=day.value + price * quantity,
            trades=day.trades + 1,
        )


def first_day(listing: Listing, trading_date: date) -> DaySummary:
    """The reference data of a new simulation's first day."""
    band = band_for(listing.exchange, listing.kind, listing.first_reference)
    return DaySummary(listing.symbol, trading_date, band.reference, band.ceiling, band.floor)


def next_day(listing: Listing, trading_date: date, before: DaySummary) -> DaySummary:
    """The day after `before`: status and room carry over, the last price becomes the reference.

    That is so on every exchange; UPCOM's average is not kept.
    """
    band = band_for(listing.exchange, listing.kind, before.close)
    return DaySummary(
        listing.symbol,
        trading_date,
        band.reference,
        band.ceiling,
        band.floor,
        status=before.status,
        foreign_room=before.foreign_room,
    )
