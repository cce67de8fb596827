"""The accounts of a run: each of an investor of its own, so that no lock is shared unless it is meant to be."""

import httpx

from ledger.demo import seed_demo, seed_trader_account

RICH_CASH = 1_000_000_000_000
POOR = "0901499"


def trading_accounts(count: int) -> tuple[str, ...]:
    return tuple(f"09014{number:02d}" for number in range(1, count + 1))


def open_accounts(database_url: str, demo_account: str, control: httpx.Client, count: int, poor_cash: int) -> None:
    """Add the accounts at the simulated broker and in the ledger, before the worker books their first balances."""
    seed_demo(database_url, demo_account)
    for number, cash in (*((each, RICH_CASH) for each in trading_accounts(count)), (POOR, poor_cash)):
        control.post("accounts", json={"number": number, "cash": cash}).raise_for_status()
        seed_trader_account(database_url, number)
