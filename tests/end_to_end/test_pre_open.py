"""With `PRE_OPEN=broker` an order of the break waits in the broker's queue, on the real stack."""

from collections.abc import Iterator

import pytest

from tests.support.trading import Trading, trading_with

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


@pytest.fixture
def trading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with trading_with(tmp_path_factory.mktemp("a stack that parks orders"), PRE_OPEN="broker") as opened:
        yield opened


def test_lc77_an_order_of_the_break_is_parked_by_the_broker_and_may_still_be_cancelled(trading: Trading) -> None:
    trading.set_clock("12:00:00")
    order, other = trading.order(), trading.order()
    kept, cancelled = trading.place(order), trading.place(other)
    for order_id in (kept, cancelled):
        assert trading.wait_for_life(order_id, "live")["filled_quantity"] == 0
    assert [each["status"] for each in trading.at_broker()[-2:]] == ["IAV", "IAV"]
    trading.cancel(cancelled)
    trading.set_clock("13:00:01")
    trading.sell_to(order, order["quantity"])
    trading.wait_for(kept, "filled")
    trading.reckon()
