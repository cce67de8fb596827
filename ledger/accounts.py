"""Accounts, connections and users: reading them, and locking an account before anything of it is decided."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.tables import ACCOUNT, APP_USER, CONNECTION, INVESTOR, USER_GRANT
from market.fees import FeeSchedule
from risk.checks import TradingState


class AccountKind(StrEnum):
    CASH = "cash"


class Role(StrEnum):
    VIEWER = "viewer"
    TRADER = "trader"
    OPERATOR = "operator"


class AlertKind(StrEnum):
    SHORTFALL = "shortfall"
    OVERFILL = "overfill"
    ORDER_CONTRADICTION = "order_contradiction"
    CONTRADICTING_MESSAGE = "contradicting_message"
    UNREADABLE_MESSAGE = "unreadable_message"
    BAND_DISCREPANCY = "band_discrepancy"
    STATUS_CONTRADICTION = "status_contradiction"
    SESSION_CONTRADICTION = "session_contradiction"
    CODE_OVERDUE = "code_overdue"
    LOGIN_REFUSED = "login_refused"
    EXTERNAL_ORDER = "external_order"
    BALANCE_MISMATCH = "balance_mismatch"
    ACCOUNT_NOT_OPENED = "account_not_opened"


@dataclass(frozen=True, slots=True)
class Account:
    """A trading account; `broker_account` is its number at the broker.

    `opened` tells whether what it owned at first is booked.
    """

    account_id: str
    investor_id: str
    connection_id: str
    broker_account: str
    kind: AccountKind
    state: TradingState
    fees: FeeSchedule
    is_foreign: bool
    opened: bool


@dataclass(frozen=True, slots=True)
class Connection:
    """One credential at the broker."""

    connection_id: str
    name: str


@dataclass(frozen=True, slots=True)
class UserGrants:
    """What a user may do, and in which accounts; `default_account_id` is None when a request must name one."""

    user: str
    role: Role
    account_ids: tuple[str, ...]
    default_account_id: str | None


class UnknownAccountError(LookupError):
    """No such account; callers check a user's grants before they ask, so nobody expects this."""


def account_of(row: Any) -> Account:
    """The account in a row that has the columns of the table `account` under the names of `account_columns`."""
    return Account(
        account_id=row.account_id,
        investor_id=row.investor_id,
        connection_id=row.connection_id,
        broker_account=row.broker_account,
        kind=AccountKind(row.kind),
        state=TradingState(row.state),
        fees=FeeSchedule(row.commission_ppm, row.sale_tax_ppm),
        is_foreign=row.is_foreign,
        opened=row.opened_on is not None,
    )


def account_columns() -> tuple[Any, ...]:
    columns = ACCOUNT.c
    return (
        columns.id.label("account_id"),
        columns.investor_id,
        columns.connection_id,
        columns.broker_account,
        columns.kind,
        columns.state,
        columns.commission_ppm,
        columns.sale_tax_ppm,
        columns.is_foreign,
        columns.opened_on,
    )


_LOCK_ACCOUNT = (
    select(*account_columns())
    .select_from(INVESTOR.join(ACCOUNT, ACCOUNT.c.investor_id == INVESTOR.c.id))
    .where(ACCOUNT.c.id == bindparam("account_id"))
    .with_for_update(key_share=True, of=[INVESTOR, ACCOUNT])
)
_LOCK_FUNDS = select(ACCOUNT.c.id).where(ACCOUNT.c.id == bindparam("account_id")).with_for_update(key_share=True)


async def lock_account(connection: AsyncConnection, account_id: str) -> Account:
    """Lock the investor and the account until the transaction ends. Raises `UnknownAccountError`.

    What depends on the lock must be read by a later statement: this one may have waited with an old snapshot.
    """
    row = (await connection.execute(_LOCK_ACCOUNT, {"account_id": account_id})).one_or_none()
    if row is None:
        raise UnknownAccountError(account_id)
    return account_of(row)


async def lock_funds(connection: AsyncConnection, account_id: str) -> None:
    """Lock the account's money and shares; booking changes nothing of the investor, so it stays free for others."""
    await connection.execute(_LOCK_FUNDS, {"account_id": account_id})


async def load_account(connection: AsyncConnection, account_id: str) -> Account | None:
    row = (await connection.execute(_accounts().where(ACCOUNT.c.id == account_id))).one_or_none()
    return None if row is None else account_of(row)


async def accounts_of(connection: AsyncConnection, connection_id: str) -> tuple[Account, ...]:
    rows = await connection.execute(_accounts().where(ACCOUNT.c.connection_id == connection_id).order_by(ACCOUNT.c.id))
    return tuple(account_of(row) for row in rows)


async def connections(connection: AsyncConnection) -> tuple[Connection, ...]:
    rows = await connection.execute(select(CONNECTION.c.id, CONNECTION.c.name).order_by(CONNECTION.c.id))
    return tuple(Connection(row.id, row.name) for row in rows)


async def grants(connection: AsyncConnection, user: str) -> UserGrants | None:
    """The user's role and accounts; None when there is no such user."""
    granted = (
        select(APP_USER.c.role, USER_GRANT.c.account_id, USER_GRANT.c.is_default)
        .select_from(APP_USER.outerjoin(USER_GRANT, USER_GRANT.c.user_name == APP_USER.c.name))
        .where(APP_USER.c.name == user)
        .order_by(USER_GRANT.c.account_id)
    )
    rows = (await connection.execute(granted)).all()
    if not rows:
        return None
    account_ids = tuple(row.account_id for row in rows if row.account_id is not None)
    default = next((row.account_id for row in rows if row.is_default), None)
    return UserGrants(user, Role(rows[0].role), account_ids, default)


def _accounts() -> Select[Any]:
    return select(*account_columns()).select_from(ACCOUNT)
