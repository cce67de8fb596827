"""The audit book and the history, row by row; cash and positions, read whole or not at all."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from broker.fastconnect.unknowns import SIMULATED, CashBalance, ExternalOrders, SsiBehaviour
from broker.port import Book, BookRow, BookTerms, BrokerCash, BrokerPosition, BrokerPositions, NoAnswer
from market.vocabulary import OrderType, Side
from orders.evidence import BrokerReport, BrokerState, RequestFailed
from tests.broker import client as made
from tests.broker.loopback import LOGIN, Answer, Breakdown, Request, as_json, envelope, login_answer, running, signed_in


def row(**changes: object) -> dict[str, object]:
    return {
        "uniqueID": "10000001",
        "orderID": "20417733",
        "buySell": "B",
        "price": 98500.0,
        "quantity": 200,
        "filledQty": 100,
        "cancelQty": 0,
        "orderStatus": "PF",
        "marketID": "VN",
        "inputTime": "1606277281849",
        "modifiedTime": "1606277281849",
        "instrumentID": "FPT",
        "orderType": "LO",
        "avgPrice": 98500.0,
        "isForcesell": None,
        "isShortsell": None,
        "rejectReason": "0",
        "lastErrorEvent": None,
        **changes,
    }


def book(*rows: object) -> Answer:
    return envelope({"account": made.ACCOUNT, "orders": list(rows)})


async def audit_book(answer: Answer) -> Book | NoAnswer:
    async with running(signed_in(lambda _: answer)) as host, made.client(host.url) as broker:
        found = await broker.audit_book(made.ACCOUNT)
        assert host.requests[-1].target == f"/api/v2/Trading/auditOrderBook?account={made.ACCOUNT}"
        return found


async def test_the_audit_book_is_read() -> None:
    report = BrokerReport("20417733", "10000001", BrokerState.WORKING, 200, 100, 9_850_000, 0, price=98_500)
    terms = BookTerms("FPT", Side.BUY, OrderType.LO, 200, 98_500)
    expected = BookRow(made.ACCOUNT, "20417733", "10000001", report, None, terms)
    assert await audit_book(book(row())) == Book((expected,))


@pytest.mark.parametrize(
    ("changes", "terms"),
    [
        ({"buySell": "s", "orderType": "lo"}, BookTerms("FPT", Side.SELL, OrderType.LO, 200, 98_500)),
        ({"orderType": "ATC", "price": 105_000}, BookTerms("FPT", Side.BUY, OrderType.ATC, 200, None)),
        ({"orderType": "MP", "price": 0}, BookTerms("FPT", Side.BUY, OrderType.MTL, 200, None)),
        ({"orderType": "SL"}, None),
        ({"buySell": "X"}, None),
        ({"price": 0}, None),
        ({"instrumentID": ""}, None),
    ],
)
async def test_lc98_a_row_tells_what_its_order_asks_for(changes: dict[str, object], terms: BookTerms | None) -> None:
    found = await audit_book(book(row(**changes)))
    assert isinstance(found, Book)
    assert found.rows[0].terms == terms


async def test_a_failed_request_stands_beside_its_order() -> None:
    event = row(uniqueID="10000009", orderStatus="RJ", rejectReason="Price exceeds ceiling", lastErrorEvent=...)
    del event["lastErrorEvent"]
    found = await audit_book(book(row(orderStatus="QU", filledQty=0, lastErrorEvent=event)))
    assert isinstance(found, Book)
    assert found.rows[0].report.state is BrokerState.WORKING
    assert found.rows[0].failed == RequestFailed("10000009", "20417733", "", "Price exceeds ceiling")


@pytest.mark.parametrize("without_id", [{"uniqueID": None, "orderStatus": "RJ"}, {"uniqueID": ""}, {}])
async def test_a_failed_request_without_an_id_hides_no_order_of_the_book(without_id: dict[str, object]) -> None:
    found = await audit_book(book(row(), row(orderID="2", lastErrorEvent=without_id)))
    assert isinstance(found, Book)
    assert [(each.broker_order_id, each.failed) for each in found.rows][1:] == [("2", None)]
    assert len(found.rows) == 2


async def test_a_rejected_order_tells_why() -> None:
    rejected = row(orderID="T20230504w3810000001", orderStatus="RJ", filledQty=0, rejectReason="Invalid market status")
    found = await audit_book(book(rejected))
    assert isinstance(found, Book)
    assert found.rows[0].report.text == "Invalid market status"


@pytest.mark.parametrize("orders", [[], None])
async def test_a_day_without_orders_is_an_empty_book(orders: Any) -> None:
    assert await audit_book(envelope({"account": made.ACCOUNT, "orders": orders})) == Book(())


async def test_an_odd_row_hides_no_other() -> None:
    found = await audit_book(book(row(), row(orderID="2", quantity=None)))
    assert isinstance(found, Book)
    assert ([each.broker_order_id for each in found.rows], [each.broker_order_id for each in found.odd]) == (
        ["20417733"],
        ["2"],
    )


async def test_a_derivative_order_is_left_out() -> None:
    assert await audit_book(book(row(marketID="VNFE", avgPrice=1452.7))) == Book(())


@pytest.mark.parametrize(
    "answer",
    [
        envelope({"account": made.ACCOUNT}),
        envelope(None),
        envelope([]),
        envelope(None, 400, "Account is not exist."),
        as_json({"message": "Success", "status": 200}, status=500),
        Answer(429, b"quota", "text/plain"),
        Answer(502, b"<html>", "text/html"),
    ],
)
async def test_what_is_no_book_is_no_answer(answer: Answer) -> None:
    assert isinstance(await audit_book(answer), NoAnswer)


async def history(*rows: object) -> Book | NoAnswer:
    answer = envelope({"account": made.ACCOUNT, "orderHistories": list(rows)})
    async with running(signed_in(lambda _: answer)) as host, made.client(host.url) as broker:
        found = await broker.history(made.ACCOUNT, date(2026, 11, 3))
        target = f"/api/v2/Trading/orderHistory?account={made.ACCOUNT}&startDate=03%2F11%2F2026&endDate=03%2F11%2F2026"
        asked = [request.target for request in host.requests if request.path != LOGIN]
        assert asked[0] == target
        assert all(page.startswith(f"{target}&pageIndex=") for page in asked[1:])
        return found


async def test_the_history_of_a_day_is_read_without_request_ids() -> None:
    past = row(uniqueID=None, origRequestID="10000001", orderStatus="EX", lastErrorEvent=row(uniqueID=None))
    report = BrokerReport("20417733", "", BrokerState.EXPIRED, 200, 100, 9_850_000, 0, price=98_500)
    assert await history(past, row(marketID="VNFE")) == Book((BookRow(made.ACCOUNT, "20417733", "", report, None),))


@pytest.mark.parametrize("odd", [row(quantity=None), row(orderID=""), row(filledQty=10**10), "row"])
async def test_an_odd_row_of_the_history_hides_no_other(odd: object) -> None:
    found = await history(row(orderID="7"), odd)
    assert isinstance(found, Book)
    assert ([each.broker_order_id for each in found.rows], len(found.odd)) == (["7"], 1)


async def test_a_history_without_its_list_is_no_answer() -> None:
    answer = envelope({"account": made.ACCOUNT, "orders": []})
    async with running(signed_in(lambda _: answer)) as host, made.client(host.url) as broker:
        assert isinstance(await broker.history(made.ACCOUNT, date(2026, 11, 3)), NoAnswer)


async def test_a_query_that_hangs_is_no_answer() -> None:
    async with running(signed_in(lambda _: Breakdown.HANG)) as host, made.client(host.url, made.HURRIED) as broker:
        assert isinstance(await broker.audit_book(made.ACCOUNT), NoAnswer)


async def test_a_query_renews_a_token_that_ssi_no_longer_takes_once() -> None:
    logins = iter(("first", "second", "third"))
    refusals = iter([as_json({"message": "Unauthorized", "status": 401})])

    def script(request: Request) -> Answer:
        return login_answer(next(logins)) if request.path == LOGIN else next(refusals, book())

    async with running(script) as host, made.client(host.url) as broker:
        assert await broker.audit_book(made.ACCOUNT) == Book(())
        assert host.count(LOGIN) == 2


async def test_a_query_gives_up_when_the_new_token_is_not_taken_either() -> None:
    unauthorised = as_json({"message": "Unauthorized", "status": 401}, status=401)
    async with running(signed_in(lambda _: unauthorised)) as host, made.client(host.url) as broker:
        assert await broker.cash(made.ACCOUNT) == NoAnswer("HTTP 401, status 401: Unauthorized")
        assert host.count(LOGIN) == 2


async def test_a_failed_login_is_no_answer() -> None:
    async with running(lambda _: envelope(None, 400, "Key does not exist.")) as host, made.client(host.url) as broker:
        assert isinstance(await broker.positions(made.ACCOUNT), NoAnswer)


CASH = {
    "account": made.ACCOUNT,
    "cashBal": 50_000_000,
    "secureAmount": 19_729_550,
    "receivingCashT1": 1_000_000,
    "receivingCashT2": 2_500_000,
    "purchasingPower": "30270450",
}


UNPAID = {**CASH, "paidCashT1": 4_000_000, "paidCashT2": 5_000_000}
BEFORE_BUYS = replace(SIMULATED, cash_balance=CashBalance.BEFORE_BUYS)


@pytest.mark.parametrize(("behaviour", "settled"), [(SIMULATED, 50_000_000), (BEFORE_BUYS, 41_000_000)])
async def test_what_is_still_to_be_paid_for_buys_is_taken_off_where_the_balance_has_not_lost_it(
    behaviour: SsiBehaviour, settled: int
) -> None:
    script = signed_in(lambda _: envelope(UNPAID))
    async with running(script) as host, made.client(host.url, behaviour=behaviour) as broker:
        assert await broker.cash(made.ACCOUNT) == BrokerCash(settled, 19_729_550, 30_270_450, 3_500_000)


async def test_cash_that_does_not_tell_what_is_still_to_be_paid_is_no_answer_where_that_counts() -> None:
    script = signed_in(lambda _: envelope(CASH))
    async with running(script) as host, made.client(host.url, behaviour=BEFORE_BUYS) as broker:
        assert isinstance(await broker.cash(made.ACCOUNT), NoAnswer)


@pytest.mark.parametrize(
    ("external_orders", "shown", "external"),
    [
        (ExternalOrders.OWN_REQUEST_ID, None, False),
        (ExternalOrders.NO_REQUEST_ID, None, True),
        (ExternalOrders.NO_REQUEST_ID, " ", True),
        (ExternalOrders.NO_REQUEST_ID, "90000007", False),
        (ExternalOrders.NO_REQUEST_ID, ["90000007"], False),
    ],
)
async def test_a_row_without_a_request_id_is_somebody_elses_only_where_that_is_known(
    external_orders: ExternalOrders, shown: object, external: bool
) -> None:
    known, answer = replace(SIMULATED, external_orders=external_orders), book(row(uniqueID=shown))
    async with running(signed_in(lambda _: answer)) as host, made.client(host.url, behaviour=known) as broker:
        found = await broker.audit_book(made.ACCOUNT)
    assert isinstance(found, Book)
    assert [each.external for each in found.rows] == [external]


async def test_cash_is_read() -> None:
    async with running(signed_in(lambda _: envelope(CASH))) as host, made.client(host.url) as broker:
        assert await broker.cash(made.ACCOUNT) == BrokerCash(50_000_000, 19_729_550, 30_270_450, 3_500_000)


@pytest.mark.parametrize("name", ["cashBal", "secureAmount", "receivingCashT1", "receivingCashT2", "purchasingPower"])
async def test_cash_without_one_of_its_fields_is_no_answer(name: str) -> None:
    answer = envelope({**CASH, name: None})
    async with running(signed_in(lambda _: answer)) as host, made.client(host.url) as broker:
        assert isinstance(await broker.cash(made.ACCOUNT), NoAnswer)


def positions(**changes: object) -> Answer:
    held = {"marketID": "VN", "instrumentID": "SSI", "onHand": 50_300, "sellableQty": 42_875, "avgPrice": 18505.5}
    return envelope({"account": made.ACCOUNT, "totalMarketValue": 1, "stockPositions": [{**held, **changes}]})


async def test_positions_are_read() -> None:
    async with running(signed_in(lambda _: positions())) as host, made.client(host.url) as broker:
        expected = BrokerPositions((BrokerPosition("SSI", 50_300, 42_875, 18_506),))
        assert await broker.positions(made.ACCOUNT) == expected


BEYOND = ({"onHand": 10**9 + 1}, {"sellableQty": 10**9 + 1}, {"avgPrice": 10**8 + 1}, {"avgPrice": -1})


@pytest.mark.parametrize(
    "changes", [{"onHand": None}, {"instrumentID": ""}, {"sellableQty": "x"}, {"avgPrice": []}, *BEYOND]
)
async def test_positions_that_are_not_whole_are_no_answer(changes: dict[str, object]) -> None:
    async with running(signed_in(lambda _: positions(**changes))) as host, made.client(host.url) as broker:
        assert isinstance(await broker.positions(made.ACCOUNT), NoAnswer)
