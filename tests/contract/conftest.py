"""One simulator process per test file, without automatic participants, and SSI's trading client logged in to it."""

from collections.abc import Iterator

import pytest

from tests.contract.listening import Mailbox
from tests.contract.ssi import FCTradingClient, Orders, hang_up, listen, trading_client
from tests.support.simulator_process import SimulatorProcess, running_simulator


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    with running_simulator(tmp_path_factory.mktemp("simulator"), participants=False) as process:
        yield process


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
