"""What the broker says an account owns is not what is booked: nobody trades on it before a person has explained it."""

import httpx
import pytest

from activities.balance_check import PROOF_SECONDS
from tests.support.killing import kill, wait_until_back
from tests.support.reckoning import ACCOUNT
from tests.support.trading import PATIENCE_SECONDS, Trading
from tests.support.whole_stack import eventually

pytestmark = [pytest.mark.stack, pytest.mark.timeout(360)]

DEPOSIT = 7_000_000
PROOF_AND_PATIENCE_SECONDS = PROOF_SECONDS + PATIENCE_SECONDS


def operator(trading: Trading) -> httpx.Client:
    token = trading.stack.oms("token", "--user", "operator").stdout.strip()
    return httpx.Client(base_url=trading.api.base_url, headers={"Authorization": f"Bearer {token}"}, timeout=10)


def alerts(trading: Trading) -> list[str]:
    told = trading.api.get("/alerts").raise_for_status().json()["alerts"]
    return [each["text"] for each in told if each["kind"] == "balance_mismatch"]


def move(trading: Trading, **what: object) -> None:
    trading.control.post(f"accounts/{ACCOUNT}/movements", json=what).raise_for_status()


def test_lc99_what_came_while_no_worker_ran_blocks_the_account_until_a_person_has_booked_it(trading: Trading) -> None:
    """Cash is booked over HTTP, shares by command: the proof takes a minute, so both are told at once."""
    killed = kill(trading.stack, "worker")
    move(trading, cash=DEPOSIT)
    move(trading, shares={"VIC": 100})
    wait_until_back(trading.stack, "worker", killed)
    told = eventually(lambda: alerts(trading), bool, PROOF_AND_PATIENCE_SECONDS)
    assert "VND booked" in told[0]
    assert "VIC" in told[0]
    denied = trading.api.post("/orders", json=trading.order())
    assert [each["code"] for each in denied.json()["violations"]] == ["account_blocked"]
    trading.stack.oms("account", "adjust", ACCOUNT, "VIC", "100", "--reason", "transfer", "--user", "minh")
    with operator(trading) as client:
        body = {"asset": "cash", "amount": DEPOSIT, "reason": "deposit", "act_id": "deposit-1"}
        booked = client.post(f"/accounts/{ACCOUNT}/adjustments", json=body).raise_for_status().json()
    assert (booked["author"], booked["state"]) == ("operator", "active")
    order_id = trading.working(trading.order())
    trading.reckon()
    trading.cancel(order_id)
