"""The recorded session in the docs is what the simulator says today."""

from pathlib import Path

import pytest

from simulator.credentials import load_credentials
from simulator.walkthrough import PAGE, record
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.stack

ROOT = Path(__file__).resolve().parents[2]


async def test_the_recorded_session_can_be_played_again_word_for_word(simulator: SimulatorProcess) -> None:
    page = await record(simulator.url, load_credentials(simulator.folder, simulator.url))
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page
    for name in ("SSI_API_KEY", "SSI_API_SECRET"):
        assert simulator.env[name] not in page
