"""A stream that no longer has what was missed: the books tell it, and each share counts once."""

from collections.abc import Iterator

import pytest

from simulator.fault_kinds import FaultKind
from tests.support.killing import kill, wait_until_back
from tests.support.trading import PATIENCE_SECONDS, Trading
from tests.support.whole_stack import eventually

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

TOO_OLD = "the stream was interrupted (resume_too_old): reading the books"


@pytest.fixture
def forgetful(trading: Trading) -> Iterator[Trading]:
    """The hub keeps its latest message only; afterwards again whatever it kept before."""
    kept = trading.control.get("settings").raise_for_status().json()["replay_keeps"]
    trading.control.put("settings", json={"replay_keeps": 1}).raise_for_status()
    yield trading
    trading.control.put("settings", json={"replay_keeps": kept}).raise_for_status()


def told_too_old(trading: Trading) -> int:
    return trading.stack.home.log("worker").read_text().count(TOO_OLD)


@pytest.mark.fault(FaultKind.STREAM_DROP)
@pytest.mark.fault(FaultKind.SERVER_ERROR_BEFORE_TAKING)
def test_lc91_fills_that_the_stream_no_longer_tells_are_read_in_the_books_and_booked_once_each(
    forgetful: Trading,
) -> None:
    """All but the last fill are in the books alone, until a hub that remembers is asked for what was missed."""
    trading = forgetful
    trading.wait_for_stream()
    before = told_too_old(trading)
    in_part, whole, last = trading.order(), trading.order(), trading.order()
    in_part_id, whole_id, last_id = (trading.working(order) for order in (in_part, whole, last))
    trading.fault(FaultKind.SERVER_ERROR_BEFORE_TAKING, "negotiate", times=1_000, value=503)
    trading.fault(FaultKind.STREAM_DROP)
    trading.sell_to(in_part, 300)
    for quantity in (200, 300, 500):
        trading.sell_to(whole, quantity)
    trading.sell_to(last, 100)
    eventually(lambda: trading.waiting_faults()[FaultKind.SERVER_ERROR_BEFORE_TAKING], lambda left: left < 1_000)
    trading.control.delete("faults").raise_for_status()

    eventually(lambda: told_too_old(trading), lambda times: times > before, PATIENCE_SECONDS)
    assert trading.wait_for(whole_id, "filled")["hold_vnd"] == 0
    trading.wait_for_executions(whole_id, 1_000)
    trading.wait_for_executions(in_part_id, 300)
    trading.sell_to(in_part, 700)
    trading.wait_for(in_part_id, "filled")
    trading.wait_for_executions(in_part_id, 300, 700)
    trading.wait_for_fill(last_id, 100)
    trading.cancel(last_id)

    trading.control.put("settings", json={"replay_keeps": None}).raise_for_status()
    wait_until_back(trading.stack, "worker", kill(trading.stack, "worker"))
    trading.wait_for_executions(whole_id, 200, 300, 500)
    trading.reckon()
