"""Largest orders, purchasing power and margin as SSI tells them."""

from decimal import Decimal

import pytest

from broker.port import MarginState, MaximumOrder, NoAnswer
from tests.broker import client as made
from tests.broker.loopback import envelope, running, signed_in

BUY = {"account": made.ACCOUNT, "maxBuyQty": 1_200, "marginRatio": "50%", "purchasingPower": 118_200_000}
MARGIN = {
    "account": made.ACCOUNT,
    "equity": 310_000_000,
    "totalAssets": 400_000_000,
    "debt": 90_000_000,
    "cashBalance": 12_000_000,
    "purchasingPower": "118200000",
    "withdrawal": 2_000_000,
    "marginCall": 0,
    "marginRatio": 0.775,
    "action": "NORMAL",
}


async def test_the_largest_buy_is_asked_for_a_symbol_and_a_price() -> None:
    async with running(signed_in(lambda _: envelope(BUY))) as host, made.client(host.url) as broker:
        assert await broker.maximum_buy(made.ACCOUNT, "FPT", 98_500) == MaximumOrder(1_200, 118_200_000)
        target = f"/api/v2/Trading/maxBuyQty?account={made.ACCOUNT}&instrumentID=FPT&price=98500"
        assert host.requests[-1].target == target


async def test_the_largest_sale_is_asked_for_a_symbol() -> None:
    async with running(signed_in(lambda _: envelope({"maxSellQty": "800"}))) as host, made.client(host.url) as broker:
        assert await broker.maximum_sell(made.ACCOUNT, "FPT") == MaximumOrder(800)
        assert host.requests[-1].target == f"/api/v2/Trading/maxSellQty?account={made.ACCOUNT}&instrumentID=FPT"


@pytest.mark.parametrize(("ratio", "read"), [(0.775, Decimal("0.775")), (None, Decimal(0)), ("", Decimal(0))])
async def test_margin_and_purchasing_power_are_read(ratio: object, read: Decimal) -> None:
    answer = envelope({**MARGIN, "marginRatio": ratio})
    async with running(signed_in(lambda _: answer)) as host, made.client(host.url) as broker:
        assert await broker.margin(made.ACCOUNT) == MarginState(
            equity=310_000_000,
            total_assets=400_000_000,
            debt=90_000_000,
            cash=12_000_000,
            purchasing_power=118_200_000,
            withdrawable=2_000_000,
            margin_call=0,
            margin_ratio=read,
            action="NORMAL",
        )
        assert host.requests[-1].path == "/api/v2/Trading/ppmmraccount"


@pytest.mark.parametrize("data", [None, [], {}, {"maxBuyQty": -1, "maxSellQty": 2.5, "equity": "x"}])
async def test_what_cannot_be_read_is_no_answer(data: object) -> None:
    async with running(signed_in(lambda _: envelope(data))) as host, made.client(host.url) as broker:
        assert isinstance(await broker.maximum_buy(made.ACCOUNT, "FPT", 98_500), NoAnswer)
        assert isinstance(await broker.maximum_sell(made.ACCOUNT, "FPT"), NoAnswer)
        assert isinstance(await broker.margin(made.ACCOUNT), NoAnswer)


async def test_the_order_book_is_read_like_the_audit_book() -> None:
    async with running(signed_in(lambda _: envelope({"orders": []}))) as host, made.client(host.url) as broker:
        assert await broker.order_book(made.ACCOUNT) == await broker.audit_book(made.ACCOUNT)
        paths = [request.path.rpartition("/")[2] for request in host.requests[-2:]]
    assert paths == ["orderBook", "auditOrderBook"]
