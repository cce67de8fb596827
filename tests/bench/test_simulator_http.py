"""The simulator's measure over HTTP does real work with a simulator of its own, and leaves nothing behind."""

from dataclasses import replace
from pathlib import Path

import httpx
import psutil
import pytest

from bench.plan import QUICK
from bench.simulator_alone import simulator_alone
from bench.simulator_http import simulator_over_http
from local.failure import CannotRun

FEW = replace(QUICK, warm_up=4, http_orders=60, http_clients=4)


async def test_every_signed_order_is_accepted_and_some_trade() -> None:
    found = await simulator_over_http(FEW)
    assert (found.load.orders, found.load.clients, found.load.other_answers) == (60, 4, 0)
    assert found.load.answered.count == 60
    assert found.load.per_second > 0
    assert found.executions > 0
    assert found.simulator_ms > 0
    assert found.client_ms > 0


def test_the_simulator_and_its_folder_end_with_the_measurement() -> None:
    with simulator_alone() as alone:
        folder = Path(alone_folder(alone.process_id))
        assert httpx.get(f"{alone.control_url}clock", trust_env=False).json()["rate"] == 1
        assert (folder / "journal.sqlite").exists()
    assert not psutil.pid_exists(alone.process_id)
    assert not folder.exists()


def test_a_failing_measurement_ends_its_simulator_too() -> None:
    with pytest.raises(ZeroDivisionError), simulator_alone() as alone:
        _ = 1 / 0
    assert not psutil.pid_exists(alone.process_id)


def test_a_simulator_that_does_not_start_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with simulator_alone() as other:
        taken = int(httpx.URL(other.control_url).port or 0)
        monkeypatch.setattr("bench.simulator_alone.free_port", lambda: taken)
        with pytest.raises(CannotRun, match="did not start"), simulator_alone():
            pass
        assert httpx.get(f"{other.control_url}clock", trust_env=False).is_success


def alone_folder(process_id: int) -> str:
    return psutil.Process(process_id).cmdline()[-1]
