"""The accounts of a run: each of an investor of its own, so that no lock is shared unless it is meant to be."""

import httpx
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.pool import NullPool

from ledger.accounts import AccountKind
from ledger.demo import DEMO_CONNECTION, seed_demo
from ledger.tables import ACCOUNT, INVESTOR, USER_GRANT
from market.fees import SSI_ONLINE
from risk.checks import TradingState

USER = "trader"
RICH_CASH = 1_000_000_000_000
POOR = "0901499"


def trading_accounts(count: int) -> tuple[str, ...]:
    return tuple(f"09014{number:02d}" for number in range(1, count + 1))


def open_accounts(database_url: str, demo_account: str, control: httpx.Client, count: int, poor_cash: int) -> None:
    """Add the accounts at the simulated broker and in the ledger, before the worker books their first balances."""
    seed_demo(database_url, demo_account)
    for number, cash in (*((each, RICH_CASH) for each in trading_accounts(count)), (POOR, poor_cash)):
        control.post("accounts", json={"number": number, "cash": cash}).raise_for_status()
        _add(database_url, number)


def _add(database_url: str, number: str) -> None:
    account = {
        "id": number,
        "investor_id": f"bench-{number}",
        "connection_id": DEMO_CONNECTION,
        "broker_account": number,
        "kind": AccountKind.CASH.value,
        "state": TradingState.ACTIVE.value,
        "commission_ppm": SSI_ONLINE.commission_ppm,
        "sale_tax_ppm": SSI_ONLINE.sale_tax_ppm,
        "is_foreign": False,
    }
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(insert(INVESTOR).values(id=f"bench-{number}", name=f"Investor of {number}"))
        connection.execute(insert(ACCOUNT).values(account))
        connection.execute(insert(USER_GRANT).values(user_name=USER, account_id=number, is_default=False))
