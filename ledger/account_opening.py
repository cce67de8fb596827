"""How an account of a broker connection comes into being, once, with its investor, and how its rates change."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger.accounts import Account, AccountKind, Connection, UnknownAccountError, load_account, lock_account
from ledger.tables import ACCOUNT, CONNECTION, INVESTOR
from market.fees import FeeSchedule
from risk.checks import TradingState

SSI_CONNECTION = Connection("ssi", "SSI FastConnect")
"""The one broker connection of a deployment; its worker opens every account of it."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account as a person describes it; `broker_account` is its number at the broker and its id here.

    Accounts whose `investor` is the same word for word belong to one investor, whose own orders may not meet (VN-C7).
    """

    broker_account: str
    investor: str
    fees: FeeSchedule
    is_foreign: bool


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    """The account as stored; not `is_new` when it was there already, described the same.

    `siblings` are the investor's other accounts.
    """

    account: Account
    is_new: bool
    siblings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountDiffers:
    """An account of that number is there already, described otherwise, and stays as it is."""

    stored: Account


def account_row(wanted: NewAccount) -> dict[str, object]:
    """The row of an account that may trade as soon as its opening balances are booked."""
    return {
        "id": wanted.broker_account,
        "investor_id": wanted.investor,
        "connection_id": SSI_CONNECTION.connection_id,
        "broker_account": wanted.broker_account,
        "kind": AccountKind.CASH.value,
        "state": TradingState.ACTIVE.value,
        "commission_ppm": wanted.fees.commission_ppm,
        "sale_tax_ppm": wanted.fees.sale_tax_ppm,
        "is_foreign": wanted.is_foreign,
    }


async def open_account(engine: AsyncEngine, wanted: NewAccount) -> OpenedAccount | AccountDiffers:
    """Write the account with its investor and connection, in one transaction; what is there already stays as it is."""
    async with engine.begin() as connection:
        is_new = await load_account(connection, wanted.broker_account) is None and await _write(connection, wanted)
        stored = await load_account(connection, wanted.broker_account)
        if stored is None:
            raise UnknownAccountError(wanted.broker_account)
        if not _is_as(stored, wanted):
            return AccountDiffers(stored)
        return OpenedAccount(stored, is_new, await _siblings(connection, stored))


async def set_fees(engine: AsyncEngine, account_id: str, fees: FeeSchedule) -> FeeSchedule:
    """Give the account other rates; returns those before. An order keeps the rates it was accepted with.

    Raises `UnknownAccountError`.
    """
    async with engine.begin() as connection:
        before = (await lock_account(connection, account_id)).fees
        rates = {"commission_ppm": fees.commission_ppm, "sale_tax_ppm": fees.sale_tax_ppm}
        await connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(rates))
        return before


async def _write(connection: AsyncConnection, wanted: NewAccount) -> bool:
    """Whether it was this transaction that wrote the account."""
    investor = {"id": wanted.investor, "name": wanted.investor}
    broker = {"id": SSI_CONNECTION.connection_id, "name": SSI_CONNECTION.name}
    await connection.execute(insert(INVESTOR).values(investor).on_conflict_do_nothing())
    await connection.execute(insert(CONNECTION).values(broker).on_conflict_do_nothing())
    written = insert(ACCOUNT).values(account_row(wanted)).on_conflict_do_nothing().returning(ACCOUNT.c.id)
    return (await connection.execute(written)).one_or_none() is not None


async def _siblings(connection: AsyncConnection, account: Account) -> tuple[str, ...]:
    others = (ACCOUNT.c.investor_id == account.investor_id) & (ACCOUNT.c.id != account.account_id)
    rows = await connection.execute(select(ACCOUNT.c.id).where(others).order_by(ACCOUNT.c.id))
    return tuple(row.id for row in rows)


def _is_as(stored: Account, wanted: NewAccount) -> bool:
    described = NewAccount(stored.broker_account, stored.investor_id, stored.fees, stored.is_foreign)
    return described == wanted
