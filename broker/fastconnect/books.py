"""SSI's answers to queries in our words: the audit book, past orders, cash and positions. A row that cannot be read
spoils the whole answer, since a list with a hole would prove an absence that is none."""

from dataclasses import replace
from datetime import date

from broker.fastconnect.queries import Queries
from broker.fastconnect.reports import DERIVATIVES, read_report, read_terms, reason
from broker.fastconnect.wire_values import Fields, WrongField, rounded
from broker.port import Book, BookRow, BrokerCash, BrokerPosition, BrokerPositions, NoAnswer
from orders.evidence import RequestFailed

ORDER_BOOK = "api/v2/Trading/orderBook"
AUDIT_BOOK = "api/v2/Trading/auditOrderBook"
HISTORY = "api/v2/Trading/orderHistory"
CASH = "api/v2/Trading/cashAcctBal"
POSITIONS = "api/v2/Trading/stockPosition"

_MOST_PAGES = 100


def read_book(data: object, account: str) -> Book | NoAnswer:
    """The rows of `orderBook` or `auditOrderBook`; derivative orders are left out."""
    try:
        return Book(tuple(_row(item, account) for item in _equities(data, "orders")))
    except WrongField as error:
        return NoAnswer(f"the order book has no form we know: {error}")


def read_history(data: object, account: str) -> Book | NoAnswer:
    """The rows of `orderHistory`; derivative orders are left out."""
    try:
        return Book(tuple(_past_row(item, account) for item in _equities(data, "orderHistories")))
    except WrongField as error:
        return NoAnswer(f"the order history has no form we know: {error}")


async def whole_history(queries: Queries, account: str, trading_date: date) -> Book | NoAnswer:
    """Every order of the day. SSI has come to page this list without telling how many pages there are or whether they
    count from 0 or 1, so it is asked without a page, then for 1, 2 and on until one from 2 on tells nothing new."""
    day = trading_date.strftime("%d/%m/%Y")
    asked = {"account": account, "startDate": day, "endDate": day}
    found: dict[str, BookRow] = {}
    for index in range(_MOST_PAGES):
        answer = await queries.envelope(HISTORY, {**asked, "pageIndex": str(index)} if index else asked)
        page = answer if isinstance(answer, NoAnswer) else read_history(answer.data, account)
        if isinstance(page, NoAnswer):
            return page
        fresh = {row.broker_order_id: row for row in page.rows if row.broker_order_id not in found}
        if not fresh and index != 1:
            return Book(tuple(found.values()))
        found |= fresh
    return NoAnswer(f"the order history has more than {_MOST_PAGES} pages")


def read_cash(data: object) -> BrokerCash | NoAnswer:
    try:
        fields = Fields(data, "data")
        return BrokerCash(
            settled=fields.whole("cashBal"),
            held=fields.whole("secureAmount"),
            purchasing_power=fields.whole("purchasingPower"),
            receivable=fields.whole("receivingCashT1") + fields.whole("receivingCashT2"),
        )
    except WrongField as error:
        return NoAnswer(f"the cash balance has no form we know: {error}")


def read_positions(data: object) -> BrokerPositions | NoAnswer:
    try:
        items = [Fields(row, "position") for row in Fields(data, "data").rows("stockPositions")]
        return BrokerPositions(tuple(_position(item) for item in items))
    except WrongField as error:
        return NoAnswer(f"the positions have no form we know: {error}")


def _equities(data: object, name: str) -> list[Fields]:
    items = [Fields(row, "order") for row in Fields(data, "data").rows(name)]
    return [item for item in items if item.text("marketID").upper() != DERIVATIVES]


def _past_row(item: Fields, account: str) -> BookRow:
    """SSI shows `uniqueID` as null here; whatever else may stand in it one day is not promised to be ours."""
    report = replace(read_report(item), request_id="")
    if not report.broker_order_id:
        raise WrongField("a past order without orderID")
    return BookRow(account, report.broker_order_id, "", report, None)


def _row(item: Fields, account: str) -> BookRow:
    report = read_report(item)
    return BookRow(
        account, report.broker_order_id, report.request_id, report, _last_failure(item), read_terms(item, report)
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
