"""Simulator processes without automatic participants, `/control`, and SSI's trading client logged in to them.

`simulator` and what speaks to it serve a whole test file; `own_simulator` and its like are new for each test.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.listening import Mailbox
from tests.contract.our_client import new_account
from tests.contract.ssi import FCTradingClient, Orders, hang_up, listen, trading_client
from tests.support.simulator_process import Control, SimulatorProcess, running_simulator


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    with running_simulator(tmp_path_factory.mktemp("simulator"), participants=False) as process:
        yield process


@pytest.fixture
def control(simulator: SimulatorProcess) -> Iterator[Control]:
    """Faults that a test has armed end with it."""
    with simulator.control as control:
        yield control
        control.call("DELETE", "faults")


@pytest.fixture
def account(simulator: SimulatorProcess) -> str:
    """A new account, so that no test sees another's orders."""
    return new_account(simulator)


@pytest.fixture(scope="module")
def client(simulator: SimulatorProcess) -> FCTradingClient:
    return trading_client(simulator)


@pytest.fixture(scope="module")
def orders(simulator: SimulatorProcess, client: FCTradingClient) -> Orders:
    return Orders(simulator, client)


@pytest.fixture(scope="module")
def mailbox(simulator: SimulatorProcess, client: FCTradingClient) -> Iterator[Mailbox]:
    """What the trading stream says, from the start of the day."""
    box, stream = listen(simulator, client, "0")
    yield box
    hang_up(stream)


@pytest.fixture
def own_simulator(tmp_path: Path) -> Iterator[SimulatorProcess]:
    with running_simulator(tmp_path, participants=False) as process:
        yield process


@pytest.fixture
def own_control(own_simulator: SimulatorProcess) -> Iterator[Control]:
    with own_simulator.control as control:
        yield control


@pytest.fixture
def own_client(own_simulator: SimulatorProcess) -> FCTradingClient:
    return trading_client(own_simulator)


@pytest.fixture
def own_orders(own_simulator: SimulatorProcess, own_client: FCTradingClient) -> Orders:
    return Orders(own_simulator, own_client)


@pytest.fixture
def own_mailbox(own_simulator: SimulatorProcess, own_client: FCTradingClient) -> Iterator[Mailbox]:
    box, stream = listen(own_simulator, own_client, "0")
    yield box
    hang_up(stream)
