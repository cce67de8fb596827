"""While nobody knows what ModifyOrder's quantity counts (SSI-U15), a part-filled order keeps its quantity, on the real
stack."""

from collections.abc import Iterator

import pytest

from broker.port import OwnRefusal
from tests.support.trading import PATIENCE_SECONDS, Trading, trading_with
from tests.support.whole_stack import eventually

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


@pytest.fixture
def trading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with trading_with(tmp_path_factory.mktemp("a stack in doubt"), SSI_PART_FILLED_AMEND="unverified") as opened:
        yield opened


def test_a_part_filled_orders_quantity_is_not_amended_its_hold_comes_back_and_it_trades_on(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    trading.sell_to(order, 300)
    trading.wait_for_executions(order_id, 300)
    before = trading.wait_for(order_id, "partially_filled")
    answer = trading.api.put(f"/orders/{order_id}", json={"quantity": 2_000})
    assert (answer.status_code in (200, 202), answer.json()["order"]["quantity"]) == (True, 1_000)
    after = eventually(
        lambda: trading.seen(order_id), lambda it: (it.get("amend") or {}).get("state") == "refused", PATIENCE_SECONDS
    )
    assert after["amend"]["code"] == OwnRefusal.AMEND_QUANTITY_PART_FILLED
    assert trading.messages("ModifyOrder") == 0
    assert (after["status"], after["quantity"], after["hold_vnd"]) == ("partially_filled", 1_000, before["hold_vnd"])
    trading.sell_to(order, 700)
    assert trading.wait_for(order_id, "filled")["hold_vnd"] == 0
    trading.wait_for_executions(order_id, 300, 700)
    trading.reckon()
