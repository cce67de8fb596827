"""Executions that the broker takes back or corrects: its books and ours differ, and a person is told at once.

On a stack of its own: what SSI has changed without a message, only a person can settle (LC-31).
"""

import asyncio
from collections.abc import Iterator

import pytest

from ledger.accounts import AlertKind
from ledger.database import open_engine
from ledger.ledger import Ledger
from risk.checks import TradingState
from simulator.fault_kinds import FaultKind
from tests.support.standing import alerts_about, let_trade_again, trading_state
from tests.support.trading import PATIENCE_SECONDS, Json, Trading
from tests.support.whole_stack import WholeStack, eventually, running_stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeStack]:
    with running_stack(tmp_path_factory.mktemp("a stack that differs") / "home") as running:
        yield running


def bought(trading: Trading) -> str:
    order = trading.order()
    order_id = trading.working(order)
    trading.sell_to(order, 1_000)
    trading.wait_for(order_id, "filled")
    return order_id


def contradicted(trading: Trading, order_id: str) -> Json:
    """The order once it is marked."""
    return dict(eventually(lambda: trading.seen(order_id), lambda order: bool(order["anomalies"]), PATIENCE_SECONDS))


def prove_the_ledger(trading: Trading, order_id: str) -> None:
    """I3 and I5 hold although the broker's books are others (I1)."""

    async def prove() -> None:
        engine = open_engine(trading.stack.database_url)
        try:
            ledger = Ledger(engine)
            stored = await ledger.load(order_id)
            assert stored is not None
            assert await ledger.refold(order_id) == stored.order
            assert await ledger.trial_balance() == ()
        finally:
            await engine.dispose()

    asyncio.run(prove())


@pytest.mark.fault(FaultKind.CORRECTION)
def test_lc31_a_corrected_price_is_marked_and_alerted_and_the_account_may_only_reduce(trading: Trading) -> None:
    trading.fault(FaultKind.CORRECTION, value=1_000)
    order_id = bought(trading)
    order = contradicted(trading, order_id)
    assert (order["status"], order["filled_quantity"], order["anomalies"]) == ("filled", 1_000, ["fill_corrected"])
    assert alerts_about(trading.stack, order_id) == {AlertKind.ORDER_CONTRADICTION}
    assert trading_state(trading.stack) is TradingState.REDUCE_ONLY
    prove_the_ledger(trading, order_id)
    let_trade_again(trading.stack)


@pytest.mark.fault(FaultKind.BUST)
def test_lc31_an_execution_that_is_taken_back_is_marked_and_alerted_and_the_account_may_only_reduce(
    trading: Trading,
) -> None:
    trading.fault(FaultKind.BUST, value=1_000)
    order_id = bought(trading)
    order = contradicted(trading, order_id)
    assert (order["status"], order["filled_quantity"], order["anomalies"]) == ("filled", 1_000, ["fill_taken_back"])
    assert alerts_about(trading.stack, order_id) == {AlertKind.ORDER_CONTRADICTION}
    assert trading_state(trading.stack) is TradingState.REDUCE_ONLY
    prove_the_ledger(trading, order_id)
    let_trade_again(trading.stack)
