"""Pure reading of FC Data's lists into instruments. Values are mostly text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import structlog

from broker.fastconnect.rest import Mask, Reply, is_success, not_ssi
from broker.fastconnect.wire_values import Fields, WrongField
from broker.port import NoAnswer
from market.instrument import Instrument
from market.vocabulary import Exchange, InstrumentKind

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
    """The securities of a known kind with a usable price row of `trading_date`; another day's row is never used."""
    names = {row.text("Symbol"): row.text("StockName") or row.text("StockEnName") for row in securities}
    kinds = {row.text("Symbol"): _KINDS.get(row.text("SecType").upper()) for row in details}
    day = trading_date.strftime("%d/%m/%Y")
    found: dict[str, Instrument] = {}
    for row in prices:
        symbol = row.text("Symbol")
        kind = kinds.get(symbol)
        if kind is None or symbol not in names or row.text("TradingDate") != day:
            continue
        try:
            found[symbol] = _instrument(exchange, trading_date, row, name=names[symbol], kind=kind)
        except WrongField as error:
            _log.warning("security_left_out", symbol=symbol, exchange=exchange.value, reason=str(error))
    return list(found.values())


def _instrument(exchange: Exchange, trading_date: date, row: Fields, *, name: str, kind: InstrumentKind) -> Instrument:
    reference, ceiling, floor = row.price("RefPrice"), row.price("CeilingPrice"), row.price("FloorPrice")
    if not 0 < floor <= reference <= ceiling:
        raise WrongField(f"reference {reference} is not between floor {floor} and ceiling {ceiling}")
    return Instrument(row.text("Symbol"), name, exchange, kind, trading_date, reference, ceiling, floor)
