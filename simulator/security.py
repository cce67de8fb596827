"""One listed security through one trading day: its reference data, its two boards and what was traded."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from market.bands import band_for
from market.instrument import Instrument
from market.lots import is_odd_lot
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
        )

    def record(self, board: Board, price: int, quantity: int) -> None:
        """Add a trade to the day's figures; odd lots do not move them."""
        if board is Board.ODD:
            return
        day = self.day
        self.day = DaySummary(
            day.symbol,
            day.trading_date,
            day.reference,
            day.ceiling,
            day.floor,
            open=day.open or price,
            high=max(day.high, price),
            low=min(day.low or price, price),
            last=price,
            last_quantity=quantity,
            volume=day.volume + quantity,
            value=day.value + price * quantity,
            trades=day.trades + 1,
        )


def new_day(listing: Listing, trading_date: date, reference: int) -> DaySummary:
    """The day's reference data. The last price becomes the reference on every exchange, UPCOM's average is not kept."""
    band = band_for(listing.exchange, listing.kind, reference)
    return DaySummary(listing.symbol, trading_date, band.reference, band.ceiling, band.floor)
