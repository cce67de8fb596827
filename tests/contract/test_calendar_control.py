"""Days that run otherwise than published, through `/control`: one more trading day, and one exchange closed alone."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from market.calendar import is_trading_day
from tests.contract.listening import until
from tests.contract.ssi import Orders, trading_client
from tests.support.simulator_process import SimulatorProcess, running_simulator

pytestmark = pytest.mark.stack


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[SimulatorProcess]:
    with running_simulator(tmp_path, participants=False) as process:
        yield process


@pytest.fixture
def control(simulator: SimulatorProcess) -> Iterator[httpx.Client]:
    with simulator.control as control:
        yield control


def today(control: httpx.Client) -> date:
    return date.fromisoformat(control.get("clock").json()["trading_date"])


def test_a_reopened_day_trades_even_after_a_kill(simulator: SimulatorProcess, control: httpx.Client) -> None:
    closed = next(day for day in _days_after(today(control)) if not is_trading_day(day))
    body = {"day": closed.isoformat(), "kind": "REOPENED", "reason": "make-up session"}
    control.post("calendar", json=body).raise_for_status()
    simulator.kill()
    simulator.restart()
    now = f"{closed}T10:00:00+07:00"
    clock = control.put("clock", json={"now": now}).raise_for_status().json()
    assert (clock["trading_date"], set(clock["phases"].values())) == (closed.isoformat(), {"CONT_AM"})
    orders = Orders(simulator, trading_client(simulator))
    orders.place("VIC", "B", 85_000, 100)
    assert until(lambda: [row["status"] for row in control.get("orders").json()] or None) == ["QU"]


def test_one_exchange_is_closed_while_the_others_trade(simulator: SimulatorProcess, control: httpx.Client) -> None:
    following = next(day for day in _days_after(today(control)) if is_trading_day(day))
    body = {"day": following.isoformat(), "kind": "CLOSED", "exchange": "HNX"}
    assert [row["exchange"] for row in control.post("calendar", json=body).json()] == ["HNX"]
    clock = control.post("clock/next-day").json()
    assert clock["trading_date"] == following.isoformat()
    assert clock["phases"] == {"HOSE": "CONT_AM", "HNX": "CLOSED", "UPCOM": "CONT_AM"}
    assert control.get("symbols/SHS").json()["phase"] == "CLOSED"
    orders = Orders(simulator, trading_client(simulator))
    orders.place("SHS", "B", 22_400, 100)
    orders.place("VIC", "B", 85_000, 100)
    rows = until(lambda: rows if len(rows := control.get("orders").json()) == 2 else None)
    assert [(row["symbol"], row["status"]) for row in rows] == [("SHS", "RJ"), ("VIC", "QU")]
    assert control.post("phases", json={"exchange": "HNX", "phase": "CONT_AM"}).status_code == 409


def test_a_day_reopens_for_all_exchanges_only(control: httpx.Client) -> None:
    body = {"day": (today(control) + timedelta(days=1)).isoformat(), "kind": "REOPENED", "exchange": "HNX"}
    refused = control.post("calendar", json=body)
    assert (refused.status_code, "leave exchange out" in refused.json()["detail"]) == (422, True)


def _days_after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        yield day
