"""An index per exchange, the plain sum of its securities' prices against their first ones: figures and list rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from market.vocabulary import Exchange
from simulator.security import DaySummary
from simulator.symbols import LISTINGS
from simulator.wire.data_rows import DATE_FORMAT
from simulator.wire.vocabulary import Json

INDEXES = {Exchange.HOSE: "VNINDEX", Exchange.HNX: "HNXIndex", Exchange.UPCOM: "HNXUpcomIndex"}
_BASE = 1_000
_FIRST_PRICES = {listing.symbol: listing.first_reference for listing in LISTINGS}
_MEMBERS = {
    exchange: tuple(sorted(listing.symbol for listing in LISTINGS if listing.exchange is exchange))
    for exchange in Exchange
}


@dataclass(frozen=True, slots=True)
class IndexFigures:
    """One index on one trading day; shares and VND, `trades` counted."""

    value: float
    prior: float
    trades: int
    volume: int
    traded_value: int
    advances: int
    unchanged: int
    declines: int
    ceilings: int
    floors: int

    @property
    def change(self) -> float:
        return round(self.value - self.prior, 2)

    @property
    def ratio(self) -> float:
        return round(100 * (self.value - self.prior) / self.prior, 2)


def index_figures(days: Sequence[DaySummary]) -> IndexFigures:
    """The figures of the index whose securities had these days."""
    return IndexFigures(
        value=_level(days, [day.close for day in days]),
        prior=_level(days, [day.reference for day in days]),
        trades=sum(day.trades for day in days),
        volume=sum(day.volume for day in days),
        traded_value=sum(day.value for day in days),
        advances=_count(day.close > day.reference for day in days),
        unchanged=_count(day.close == day.reference for day in days),
        declines=_count(day.close < day.reference for day in days),
        ceilings=_count(day.close == day.ceiling for day in days),
        floors=_count(day.close == day.floor for day in days),
    )


def is_member(exchange: Exchange, symbol: str) -> bool:
    return symbol in _MEMBERS[exchange]


def listing_row(exchange: Exchange) -> Json:
    """A row of IndexList."""
    return {"IndexCode": INDEXES[exchange], "IndexName": INDEXES[exchange], "Exchange": exchange.value}


def components_row(exchange: Exchange) -> Json:
    """The one row of IndexComponents for an index."""
    return {
        **listing_row(exchange),
        "TotalSymbolNo": str(len(_MEMBERS[exchange])),
        "IndexComponent": [{"Isin": f"VN{symbol}", "StockSymbol": symbol} for symbol in _MEMBERS[exchange]],
    }


def index_day_row(exchange: Exchange, days: Sequence[DaySummary]) -> Json:
    """A row of DailyIndex: numbers as text; nothing is dealt outside the book here."""
    figures = index_figures(days)
    return {
        "IndexId": INDEXES[exchange],
        "IndexValue": str(figures.value),
        "TradingDate": days[0].trading_date.strftime(DATE_FORMAT),
        "Time": None,
        "Change": str(figures.change),
        "RatioChange": str(figures.ratio),
        "TotalTrade": str(figures.trades),
        "TotalMatchVol": str(figures.volume),
        "TotalMatchVal": str(figures.traded_value),
        "TypeIndex": "Main",
        "IndexName": INDEXES[exchange],
        "Advances": str(figures.advances),
        "NoChanges": str(figures.unchanged),
        "Declines": str(figures.declines),
        "Ceilings": str(figures.ceilings),
        "Floors": str(figures.floors),
        "TotalDealVol": "0",
        "TotalDealVal": "0",
        "TotalVol": str(figures.volume),
        "TotalVal": str(figures.traded_value),
        "TradingSession": None,
    }


def _level(days: Sequence[DaySummary], prices: Iterable[int]) -> float:
    return round(_BASE * sum(prices) / sum(_FIRST_PRICES[day.symbol] for day in days), 2)


def _count(true: Iterable[bool]) -> int:
    return sum(true)
