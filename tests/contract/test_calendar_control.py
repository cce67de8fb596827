"""Days that run otherwise than published, through `/control`: one more trading day, and one exchange closed alone."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from market.calendar import is_trading_day
from tests.contract.listening import until
from tests.contract.ssi import Orders, trading_client
from tests.support.simulator_process import Control, SimulatorProcess

pytestmark = pytest.mark.stack


def test_a_reopened_day_trades_even_after_a_kill(own_simulator: SimulatorProcess, own_control: Control) -> None:
    closed = next(day for day in _days_after(own_control.today) if not is_trading_day(day))
    body = {"day": closed.isoformat(), "kind": "REOPENED", "reason": "make-up session"}
    own_control.post("calendar", json=body).raise_for_status()
    own_simulator.kill()
    own_simulator.restart()
    now = f"{closed}T10:00:00+07:00"
    clock = own_control.put("clock", json={"now": now}).raise_for_status().json()
    assert (clock["trading_date"], set(clock["phases"].values())) == (closed.isoformat(), {"CONT_AM"})
    orders = Orders(own_simulator, trading_client(own_simulator))
    orders.place("VIC", "B", 85_000, 100)
    assert until(lambda: [row["status"] for row in own_control.get("orders").json()] or None) == ["QU"]


def test_one_exchange_is_closed_while_the_others_trade(own_simulator: SimulatorProcess, own_control: Control) -> None:
    following = next(day for day in _days_after(own_control.today) if is_trading_day(day))
    body = {"day": following.isoformat(), "kind": "CLOSED", "exchange": "HNX"}
    assert [row["exchange"] for row in own_control.post("calendar", json=body).json()] == ["HNX"]
    clock = own_control.next_day()
    assert clock["trading_date"] == following.isoformat()
    assert clock["phases"] == {"HOSE": "CONT_AM", "HNX": "CLOSED", "UPCOM": "CONT_AM"}
    assert own_control.get("symbols/SHS").json()["phase"] == "CLOSED"
    orders = Orders(own_simulator, trading_client(own_simulator))
    orders.place("SHS", "B", 22_400, 100)
    orders.place("VIC", "B", 85_000, 100)
    rows = until(lambda: rows if len(rows := own_control.get("orders").json()) == 2 else None)
    assert [(row["symbol"], row["status"]) for row in rows] == [("SHS", "RJ"), ("VIC", "QU")]
    assert own_control.post("phases", json={"exchange": "HNX", "phase": "CONT_AM"}).status_code == 409


def test_a_day_reopens_for_all_exchanges_only(own_control: Control) -> None:
    body = {"day": (own_control.today + timedelta(days=1)).isoformat(), "kind": "REOPENED", "exchange": "HNX"}
    refused = own_control.post("calendar", json=body)
    assert (refused.status_code, "leave exchange out" in refused.json()["detail"]) == (422, True)


def _days_after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        yield day
