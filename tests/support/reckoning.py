"""Our books against the broker's: I1, I4 and I5 over a whole stack."""

import asyncio
from typing import Any

import httpx

from ledger.database import open_engine
from ledger.ledger import Ledger
from ledger.reads.proofs import Imbalance
from tests.support.whole_stack import WholeStack, eventually

ACCOUNT = "0901351"


def reckon(stack: WholeStack) -> None:
    """Wait until nothing is in flight, then compare cash, shares and orders to the dong and the share."""
    with stack.api as api, stack.control as control:
        eventually(lambda: differences(api, control), lambda found: not found)
        requests = [order["request_id"] for order in control.get("orders").raise_for_status().json()]
        assert len(requests) == len(set(requests)), "I4"
    assert asyncio.run(_trial_balance(stack.database_url)) == (), "I5"


def differences(api: httpx.Client, control: httpx.Client) -> dict[str, Any]:
    """What is not equal right now; empty when I1 holds."""
    ours = api.get("/accounts/balance").raise_for_status().json()
    accounts = control.get("accounts").raise_for_status().json()
    theirs = next(account for account in accounts if account["number"] == ACCOUNT)
    receivable = sum(each["amount_vnd"] for each in ours["receivable"])
    cash_pairs = {
        "cash": (ours["available_vnd"] + ours["held_vnd"], theirs["cash"]),
        "held": (ours["held_vnd"], theirs["held"]),
        "receivable": (receivable, theirs["receivable"]),
    }
    unequal: dict[str, Any] = {name: pair for name, pair in cash_pairs.items() if pair[0] != pair[1]}
    positions = api.get("/positions").raise_for_status().json()["positions"]
    our_shares = {each["symbol"]: (each["quantity"], each["sellable"]) for each in positions if each["quantity"]}
    their_shares = {
        symbol: (each["on_hand"], each["settled"] - each["held"])
        for symbol, each in theirs["positions"].items()
        if each["on_hand"]
    }
    return unequal if our_shares == their_shares else {**unequal, "shares": (our_shares, their_shares)}


async def _trial_balance(database_url: str) -> tuple[Imbalance, ...]:
    engine = open_engine(database_url)
    try:
        return await Ledger(engine).trial_balance()
    finally:
        await engine.dispose()
