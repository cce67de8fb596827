"""Every unknown of SSI's has its switch, and every switch does it both ways on the wire."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.switches import Switches
from tests.contract.our_client import new_account
from tests.contract.unknown_ways import WAYS, Hand, Ways
from tests.support.simulator_process import SimulatorProcess, running_simulator

pytestmark = pytest.mark.stack

_CASES = [pytest.param(name, ways, id=f"{name}-{ways.other}") for name, each in WAYS.items() for ways in each]


@pytest.fixture
def hand(simulator: SimulatorProcess) -> Iterator[Hand]:
    yield Hand(simulator, new_account(simulator))
    simulator.call("DELETE", "settings")


@pytest.mark.parametrize(("name", "ways"), _CASES)
async def test_a_switch_does_it_both_ways(hand: Hand, name: str, ways: Ways) -> None:
    hand.control("PUT", "settings", ways.besides or {})
    usual = await ways.look(hand)
    hand.control("DELETE", "settings")
    fresh = Hand(hand.simulator, new_account(hand.simulator))
    fresh.control("PUT", "settings", {**(ways.besides or {}), name: ways.other})
    assert await ways.look(fresh) != usual


def test_every_switch_is_tried() -> None:
    assert sorted(WAYS) == sorted(Switches.model_fields)


def test_switches_are_told_explained_and_kept_over_a_kill(tmp_path: Path) -> None:
    with running_simulator(tmp_path, participants=False) as simulator, simulator.control as client:
        changed = client.put("settings", json={"prefix": "abc", "skipped_statuses": ["SD"]}).json()
        assert (changed["prefix"], changed["skipped_statuses"], changed["replay"]) == ("abc", ["SD"], "with_last")
        simulator.kill()
        simulator.restart()
        assert client.get("settings").json() == changed
        assert {row["number"] for row in client.get("settings/unknowns").json()} == set(range(1, 22))
        wrong = client.put("settings", json={"skipped_statuses": ["FF"]})
        assert (wrong.status_code, "always told" in wrong.text) == (422, True)
        assert client.put("settings", json={"no_such_switch": 1}).status_code == 422
