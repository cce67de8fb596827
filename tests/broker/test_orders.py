"""The bodies of order requests carry exactly SSI's fields."""

from dataclasses import replace

from broker.port import Accepted, SubmitRequest
from market.vocabulary import OrderType, Side
from tests.broker import client as made
from tests.broker.loopback import envelope, running, signed_in


async def test_new_order_has_ssis_fields() -> None:
    async with running(signed_in(lambda _: envelope({}))) as host, made.client(host.url) as broker:
        assert await broker.submit(made.SUBMIT) == Accepted()
        sent = host.requests[-1]
    assert (sent.method, sent.path) == ("POST", "/api/v2/Trading/NewOrder")
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["authorization"].startswith("Bearer ey")
    assert sent.fields() == {
        "account": made.ACCOUNT,
        "requestID": "10000001",
        "instrumentID": "FPT",
        "market": "VN",
        "buySell": "B",
        "orderType": "LO",
        "price": 98_500,
        "quantity": 200,
        "stopOrder": False,
        "stopPrice": 0,
        "stopType": "",
        "stopStep": 0,
        "lossStep": 0,
        "profitStep": 0,
        "channelID": "TA",
        "code": "",
        "deviceId": "0A-1B-2C-3D-4E-5F",
        "userAgent": "order-management",
    }


async def test_an_order_without_a_price_sends_zero() -> None:
    terms = replace(made.TERMS, side=Side.SELL, order_type=OrderType.ATC, price=None)
    async with running(signed_in(lambda _: envelope({}))) as host, made.client(host.url) as broker:
        await broker.submit(SubmitRequest(made.ACCOUNT, "10000003", terms))
        sent = host.requests[-1].fields()
    assert (sent["buySell"], sent["orderType"], sent["price"]) == ("S", "ATC", 0)


async def test_cancel_order_has_ssis_fields() -> None:
    async with running(signed_in(lambda _: envelope({}))) as host, made.client(host.url) as broker:
        assert await broker.cancel(made.CANCEL) == Accepted()
        sent = host.requests[-1]
    assert sent.path == "/api/v2/Trading/CancelOrder"
    assert sent.fields() == {
        "account": made.ACCOUNT,
        "requestID": "10000002",
        "orderID": "20417733",
        "marketID": "VN",
        "instrumentID": "FPT",
        "buySell": "B",
        "code": "",
        "deviceId": "0A-1B-2C-3D-4E-5F",
        "userAgent": "order-management",
    }
