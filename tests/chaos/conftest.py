"""A stack whose processes can be killed at named points, on a market where nobody trades but who a test lets trade.

Each file has a stack of its own: the supervisor waits longer before each restart of what keeps dying.
"""

from collections.abc import Iterator

import pytest

from tests.support.trading import Trading, trading_on
from tests.support.whole_stack import WholeStack, running_stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeStack]:
    folder = tmp_path_factory.mktemp("a stack to kill")
    points = folder / "failpoints"
    points.mkdir()
    with running_stack(folder / "home", OMS_FAILPOINTS=str(points)) as running:
        with trading_on(running) as trading:
            trading.control.put("participants/enabled", json={"enabled": False}).raise_for_status()
            trading.next_day()  # a whole morning lies ahead, whatever the hour on the wall
        yield running


@pytest.fixture
def trading(stack: WholeStack) -> Iterator[Trading]:
    with trading_on(stack) as opened:
        opened.wait_until_ready()
        yield opened
