"""Pure reading of FC Data's lists into instruments. Values are mostly text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import structlog

from broker.fastconnect.rest import Mask, Reply, is_success, not_ssi
from broker.fastconnect.wire_values import Fields, WrongField
from broker.port import NoAnswer
from market.instrument import Instrument
from market.vocabulary import BandDay, Exchange, InstrumentKind

PAGE_SIZE = 1000

_SUCCESS = frozenset({"success", "200"})

# SecType; bonds (BO), futures (FU) and what is not here are not traded through this house.
_KINDS = {
    "S": InstrumentKind.STOCK,
    "ST": InstrumentKind.STOCK,
    "CW": InstrumentKind.COVERED_WARRANT,
    "EF": InstrumentKind.ETF,
    "MF": InstrumentKind.FUND,
    "OF": InstrumentKind.FUND,
}

# SSI's samples show no FirstTradingDate that is filled in; its other dates have the first form.
_DATES = ("%d/%m/%Y", "%Y%m%d", "%Y-%m-%d")

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `total` counts the rows of all pages, 0 when the answer does not tell."""

    rows: tuple[Fields, ...]
    total: int


def read_page(reply: Reply, mask: Mask = str) -> Page | NoAnswer:
    """A page of rows; those of SecuritiesDetails lie one level deeper, in RepeatedInfo. SSI's words pass `mask`."""
    try:
        body = Fields(reply.body, "body")
        status = body.text("status")
        if not is_success(reply) or status.lower() not in _SUCCESS:
            return NoAnswer(mask(f"HTTP {reply.http_status}, status {status or 'missing'}: {body.text('message')}"))
        return _page([Fields(row, "row") for row in body.rows("data")], _total(body, "totalRecord"))
    except WrongField as error:
        return NoAnswer(f"{not_ssi(reply)}: {error}")


def _page(rows: list[Fields], total: int) -> Page:
    nested = [row for row in rows if row.get("RepeatedInfo") is not None]
    if not nested:
        return Page(tuple(rows), total)
    details = tuple(Fields(item, "security") for row in nested for item in row.rows("RepeatedInfo"))
    return Page(details, max(total, *(_total(row, "TotalNoSym") for row in nested)))


def _total(fields: Fields, name: str) -> int:
    return fields.count(name) if fields.text(name) else 0


def instruments_of(
    exchange: Exchange,
    trading_date: date,
    securities: Iterable[Fields],
    details: Iterable[Fields],
    prices: Iterable[Fields],
) -> list[Instrument]:
    """The securities of a known kind with a usable price row of `trading_date`; another day's row is never used.

    These lists tell no status: it is taken as normal until the stream tells another (VN-A10).
    """
    names = {row.text("Symbol"): row.text("StockName") or row.text("StockEnName") for row in securities}
    described = {row.text("Symbol"): row for row in details}
    day = trading_date.strftime("%d/%m/%Y")
    found: dict[str, Instrument] = {}
    others = 0
    for row in prices:
        symbol = row.text("Symbol")
        if symbol not in names or symbol not in described:
            continue
        if row.text("TradingDate") != day:
            others += 1
            continue
        try:
            instrument = _instrument(exchange, trading_date, names[symbol], described[symbol], row)
        except WrongField as error:
            _log.warning("security_left_out", symbol=symbol, exchange=exchange.value, reason=str(error))
            continue
        if instrument is not None:
            found[symbol] = instrument
    if others:
        _log.warning("price_rows_of_other_days_left_out", exchange=exchange.value, day=day, rows=others)
    return list(found.values())


def _instrument(
    exchange: Exchange, trading_date: date, name: str, details: Fields, prices: Fields
) -> Instrument | None:
    """None for a kind that is not traded here. Raises `WrongField` where the prices are no band."""
    kind = _KINDS.get(details.text("SecType").upper())
    if kind is None:
        return None
    reference, ceiling, floor = prices.price("RefPrice"), prices.price("CeilingPrice"), prices.price("FloorPrice")
    if not 0 < floor <= reference <= ceiling:
        raise WrongField(f"reference {reference} is not between floor {floor} and ceiling {ceiling}")
    return Instrument(
        prices.text("Symbol"),
        name,
        exchange,
        kind,
        trading_date,
        reference,
        ceiling,
        floor,
        band_day=BandDay.FIRST_DAY if _day(details.text("FirstTradingDate")) == trading_date else BandDay.NORMAL,
        foreign_room=_room(prices),
    )


def _day(text: str) -> date | None:
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a date without a time has no zone
        except ValueError:
            continue
    return None


def _room(prices: Fields) -> int | None:
    """Shares; SSI writes 0 where it tells none, so 0 forbids nobody to buy: the exchange knows (SSI-U18)."""
    try:
        return prices.count("ForeignCurrentRoom") or None
    except WrongField:
        return None
