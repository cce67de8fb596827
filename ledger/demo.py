"""One investor, one account and three users to try the product with."""

from typing import Any

from sqlalchemy import Connection, Table, create_engine
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.pool import NullPool

from ledger.account_opening import SSI_CONNECTION, NewAccount, account_row
from ledger.accounts import Role
from ledger.tables import ACCOUNT, APP_USER, CONNECTION, INVESTOR, USER_GRANT
from market.fees import SSI_ONLINE

DEMO_INVESTOR = "demo"
DEMO_TRADER = "trader"
DEMO_USERS = {DEMO_TRADER: Role.TRADER, "viewer": Role.VIEWER, "operator": Role.OPERATOR}


def seed_demo(database_url: str, broker_account: str) -> None:
    """Insert what is missing; the account's id is `broker_account`, and what is there already stays as it is."""
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        _add(connection, INVESTOR, {"id": DEMO_INVESTOR, "name": "Demo investor"})
        _add(connection, CONNECTION, {"id": SSI_CONNECTION.connection_id, "name": SSI_CONNECTION.name})
        _add(connection, ACCOUNT, _account(broker_account, DEMO_INVESTOR))
        for name, role in DEMO_USERS.items():
            _add(connection, APP_USER, {"name": name, "role": role.value})
            grant = {"user_name": name, "account_id": broker_account, "is_default": True}
            _add(connection, USER_GRANT, grant)


def seed_trader_account(database_url: str, broker_account: str) -> None:
    """Insert an account of an investor of its own, which the demo trader may trade for."""
    investor = f"investor-{broker_account}"
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        _add(connection, INVESTOR, {"id": investor, "name": f"Investor of {broker_account}"})
        _add(connection, ACCOUNT, _account(broker_account, investor))
        grant = {"user_name": DEMO_TRADER, "account_id": broker_account, "is_default": False}
        _add(connection, USER_GRANT, grant)


def _account(broker_account: str, investor: str) -> dict[str, object]:
    return account_row(NewAccount(broker_account, investor, SSI_ONLINE, is_foreign=False))


def _add(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    connection.execute(insert(table).values(row).on_conflict_do_nothing())
