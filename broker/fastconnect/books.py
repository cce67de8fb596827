"""SSI's answers to queries in our words: the audit book, past orders, cash and positions.

An order's row that cannot be read is kept as an odd one, so that it hides no other and proves no absence; one of cash
or positions spoils the whole answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import assert_never

from broker.fastconnect.queries import Queries
from broker.fastconnect.reports import DERIVATIVES, read_report, read_terms, reason, request_id_of
from broker.fastconnect.unknowns import LIVE, CashBalance, ExternalOrders, SsiBehaviour
from broker.fastconnect.wire_values import Fields, WrongField, rounded, written
from broker.port import Book, BookRow, BrokerCash, BrokerPosition, BrokerPositions, NoAnswer, OddRow
from orders.evidence import RequestFailed

ORDER_BOOK = "api/v2/Trading/orderBook"
AUDIT_BOOK = "api/v2/Trading/auditOrderBook"
HISTORY = "api/v2/Trading/orderHistory"
CASH = "api/v2/Trading/cashAcctBal"
POSITIONS = "api/v2/Trading/stockPosition"

_MOST_PAGES = 100


def read_book(data: object, account: str, behaviour: SsiBehaviour = LIVE) -> Book | NoAnswer:
    """The rows of `orderBook` or `auditOrderBook`; derivative orders are left out."""

    def read(item: Fields, account: str) -> BookRow:
        return _row(item, account, behaviour.external_orders)

    try:
        return _book(Fields(data, "data").rows("orders"), account, read)
    except WrongField as error:
        return NoAnswer(f"the order book has no form we know: {error}")


def read_history(data: object, account: str) -> Book | NoAnswer:
    """The rows of `orderHistory`; derivative orders are left out."""
    try:
        return _book(Fields(data, "data").rows("orderHistories"), account, _past_row)
    except WrongField as error:
        return NoAnswer(f"the order history has no form we know: {error}")


async def whole_history(queries: Queries, account: str, trading_date: date) -> Book | NoAnswer:
    """Every order of the day. SSI has come to page this list without telling how many pages there are or whether they
    count from 0 or 1, so it is asked without a page, then for 1, 2 and on until one from 2 on tells nothing new."""
    day = trading_date.strftime("%d/%m/%Y")
    asked = {"account": account, "startDate": day, "endDate": day}
    found: dict[str, BookRow] = {}
    odd: dict[str, OddRow] = {}
    for index in range(_MOST_PAGES):
        answer = await queries.envelope(HISTORY, {**asked, "pageIndex": str(index)} if index else asked)
        page = answer if isinstance(answer, NoAnswer) else read_history(answer.data, account)
        if isinstance(page, NoAnswer):
            return page
        fresh = {row.broker_order_id: row for row in page.rows if row.broker_order_id not in found}
        fresh_odd = {row.raw: row for row in page.odd if row.raw not in odd}
        if not fresh and not fresh_odd and index != 1:
            return Book(tuple(found.values()), tuple(odd.values()))
        found |= fresh
        odd |= fresh_odd
    return NoAnswer(f"the order history has more than {_MOST_PAGES} pages")


def read_cash(data: object, behaviour: SsiBehaviour = LIVE) -> BrokerCash | NoAnswer:
    """SSI-U19: which of SSI's figures is the cash that is left after filled buys."""
    try:
        fields = Fields(data, "data")
        return BrokerCash(
            settled=fields.whole("cashBal") - _still_to_be_paid(fields, behaviour.cash_balance),
            held=fields.whole("secureAmount"),
            purchasing_power=fields.whole("purchasingPower"),
            receivable=fields.whole("receivingCashT1") + fields.whole("receivingCashT2"),
        )
    except WrongField as error:
        return NoAnswer(f"the cash balance has no form we know: {error}")


def _still_to_be_paid(fields: Fields, meaning: CashBalance) -> int:
    match meaning:
        case CashBalance.LESS_BUYS:
            return 0
        case CashBalance.BEFORE_BUYS:
            return fields.count("paidCashT1") + fields.count("paidCashT2")
        case _:
            assert_never(meaning)


def read_positions(data: object) -> BrokerPositions | NoAnswer:
    try:
        items = [Fields(row, "position") for row in Fields(data, "data").rows("stockPositions")]
        return BrokerPositions(tuple(_position(item) for item in items))
    except WrongField as error:
        return NoAnswer(f"the positions have no form we know: {error}")


def _book(items: list[object], account: str, read: Callable[[Fields, str], BookRow]) -> Book:
    found = [row for item in items if (row := _read(item, account, read)) is not None]
    rows = tuple(row for row in found if isinstance(row, BookRow))
    return Book(rows, tuple(row for row in found if isinstance(row, OddRow)))


def _read(item: object, account: str, read: Callable[[Fields, str], BookRow]) -> BookRow | OddRow | None:
    """None for a derivative order."""
    try:
        fields = Fields(item, "order")
        return None if fields.text("marketID").upper() == DERIVATIVES else read(fields, account)
    except WrongField as error:
        return _odd(item, account, str(error))


def _odd(item: object, account: str, reason: str) -> OddRow:
    fields = Fields(item if isinstance(item, Mapping) else {}, "order")
    return OddRow(account, fields.text("orderID"), request_id_of(fields), reason, written(item))


def _past_row(item: Fields, account: str) -> BookRow:
    """SSI shows `uniqueID` as null here; whatever else may stand in it one day is not promised to be ours."""
    report = replace(read_report(item), request_id="")
    if not report.broker_order_id:
        raise WrongField("a past order without orderID")
    return BookRow(account, report.broker_order_id, "", report, None)


def _row(item: Fields, account: str, external_orders: ExternalOrders) -> BookRow:
    report = read_report(item)
    if not report.broker_order_id and not report.request_id:
        raise WrongField("neither uniqueID nor orderID says which order is meant")
    nameless = item.is_empty("uniqueID") and not report.request_id
    return BookRow(
        account=account,
        broker_order_id=report.broker_order_id,
        request_id=report.request_id,
        report=report,
        failed=_last_failure(item),
        terms=read_terms(item, report),
        external=nameless and external_orders is ExternalOrders.NO_REQUEST_ID,
    )


def _last_failure(item: Fields) -> RequestFailed | None:
    """The audit book's `lastErrorEvent`: an order item whose uniqueID is the request that failed; it has no code.

    One without an id fails no request that we know, and must not hide the orders of the whole book.
    """
    if item.get("lastErrorEvent") is None:
        return None
    event = item.inner("lastErrorEvent")
    request_id = event.text("uniqueID")
    if not request_id:
        return None
    return RequestFailed(
        request_id=request_id,
        broker_order_id=item.text("orderID"),
        code=event.text("errorCode"),
        text=reason(event),
    )


def _position(item: Fields) -> BrokerPosition:
    return BrokerPosition(
        symbol=item.needed_text("instrumentID"),
        owned=item.shares("onHand"),
        sellable=item.shares("sellableQty"),
        average_price=rounded(item.average_price("avgPrice")),
    )
