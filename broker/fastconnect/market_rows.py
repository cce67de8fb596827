"""Pure reading of FC Data's price and index lists. Numbers are mostly text; a row that cannot be read spoils its list,
since a gap in a chart looks like a day without trading."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from broker.fastconnect.market_messages import moment
from broker.fastconnect.wire_values import Fields, WrongField, rounded
from broker.market_data import Bar, DailyPrice, IndexDay, IndexListing
from broker.port import NoAnswer
from market.bands import Band

_Row = TypeVar("_Row")
_MIDNIGHT = "00:00:00"


def read_rows(rows: Iterable[Fields], read: Callable[[Fields], _Row]) -> tuple[_Row, ...] | NoAnswer:
    try:
        return tuple(read(row) for row in rows)
    except WrongField as error:
        return NoAnswer(f"a row has no form we know: {error}")


def daily_price(row: Fields) -> DailyPrice:
    return DailyPrice(
        symbol=row.needed_text("Symbol"),
        trading_date=_day(row),
        band=Band(row.price("RefPrice"), row.price("CeilingPrice"), row.price("FloorPrice")),
        open=_price(row, "OpenPrice"),
        high=_price(row, "HighestPrice"),
        low=_price(row, "LowestPrice"),
        close=_price(row, "ClosePrice"),
        volume=_whole(row, "TotalMatchVol"),
        value=_whole(row, "TotalMatchVal"),
        foreign_room=row.count("ForeignCurrentRoom") if row.text("ForeignCurrentRoom") else None,
    )


def bar(row: Fields) -> Bar:
    """A row of DailyOhlc (no time) or IntradayOhlc."""
    at: datetime = moment(row.needed_text("TradingDate"), row.text("Time") or _MIDNIGHT)
    return Bar(
        symbol=row.needed_text("Symbol"),
        at=at,
        open=rounded(row.average_price("Open")),
        high=rounded(row.average_price("High")),
        low=rounded(row.average_price("Low")),
        close=rounded(row.average_price("Close")),
        volume=_whole(row, "Volume"),
    )


def index_listing(row: Fields) -> IndexListing:
    return IndexListing(row.needed_text("IndexCode"), row.text("IndexName"), row.text("Exchange"))


def index_members(row: Fields) -> tuple[str, ...]:
    """The symbols of one row of IndexComponents."""
    return tuple(Fields(item, "component").needed_text("StockSymbol") for item in row.rows("IndexComponent"))


def index_day(row: Fields) -> IndexDay:
    return IndexDay(
        code=row.needed_text("IndexId"),
        trading_date=_day(row),
        value=row.decimal("IndexValue"),
        change=_decimal(row, "Change"),
        volume=_whole(row, "TotalVol"),
        traded_value=_whole(row, "TotalVal"),
    )


def _day(row: Fields) -> date:
    text = row.needed_text("TradingDate")
    try:
        return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a date without a time has no zone
    except ValueError:
        raise WrongField(f"row.TradingDate is {text!r}, not dd/mm/yyyy") from None


def _price(row: Fields, name: str) -> int | None:
    value = rounded(_decimal(row, name))
    return value if value > 0 else None


def _whole(row: Fields, name: str) -> int:
    return rounded(_decimal(row, name))


def _decimal(row: Fields, name: str) -> Decimal:
    return row.decimal(name) if row.text(name) else Decimal(0)
