"""What changes whether an account may trade: a shortfall, a difference nobody can explain, a person's act (LC-99).

An adjustment is a movement that no order of ours made; it clears the block that asked for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AlertKind, lock_account
from ledger.alerting import raise_alert
from ledger.costs import Holding
from ledger.entries import balances, post
from ledger.one_statement import write
from ledger.postings import CASH, Bucket, external_postings, ledger_account_id, merged
from ledger.settlement import EXTERNAL_MOVEMENT
from ledger.tables import ACCOUNT, ACCOUNT_ACT, INSTRUMENT, LEDGER_ACCOUNT, LEDGER_TRANSACTION, POSITION
from ledger.writing import saved_position
from risk.checks import TradingState

_WAITS_SINCE = text(
    """
    SELECT max(trading_date) FROM inbox
    WHERE connection_id = :connection_id AND broker_order_id = :broker_order_id
      AND broker_account IN ('', :broker_account) AND order_id IS NULL AND evidence IS NOT NULL
    """
)


class ActKind(StrEnum):
    ADJUSTED = "adjusted"
    RESUMED = "resumed"
    NOT_OURS = "not_ours"


class ActRefusal(StrEnum):
    """Why an act cannot be meant."""

    UNKNOWN_ASSET = "unknown_asset"
    MORE_THAN_FREE = "more_than_free"
    KEY_TAKEN = "key_taken"
    NOT_WAITING = "not_waiting"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """`amount` VND (of `CASH`) or shares that an account has more, or less if negative, than is booked.

    The same `key` in an account is booked once, however often it is asked for.
    """

    account_id: str
    asset: str
    amount: int
    author: str
    reason: str
    key: str


@dataclass(frozen=True, slots=True)
class NotOurs:
    """A person's word that no client of ours sent the order that the broker shows under `broker_order_id` (LC-98)."""

    account_id: str
    broker_order_id: str
    author: str
    reason: str
    key: str


@dataclass(frozen=True, slots=True)
class Act:
    """An act as it is written down for good, with the account's state after it."""

    act_id: int
    key: str
    account_id: str
    kind: ActKind
    author: str
    reason: str
    asset: str | None
    amount: int | None
    state: TradingState
    created_at: datetime
    broker_order_id: str | None = None


async def block(connection: AsyncConnection, account_id: str, key: str, text: str) -> bool:
    """Take no new risk until a person has acted, and raise the alert; False when `key` has done that before."""
    await lock_account(connection, account_id)
    raised = await raise_alert(connection, AlertKind.BALANCE_MISMATCH, key, text, account_id=account_id)
    if raised:
        await _set_state(connection, account_id, TradingState.BLOCKED)
    return raised


async def reduce_only(
    connection: AsyncConnection, account_id: str, kind: AlertKind, order_id: str, cause: str, text: str
) -> None:
    """An active account may only sell from now on, and a person is told why; `cause` is the broker's fact (I5)."""
    active = (ACCOUNT.c.id == account_id) & (ACCOUNT.c.state == TradingState.ACTIVE.value)
    await connection.execute(update(ACCOUNT).where(active).values(state=TradingState.REDUCE_ONLY.value))
    await raise_alert(connection, kind, f"{kind}:{order_id}:{cause}", text, account_id=account_id, order_id=order_id)


async def adjust(connection: AsyncConnection, adjustment: Adjustment) -> Act | ActRefusal:
    """Book the movement and clear a block. Raises `UnknownAccountError`."""
    account = await lock_account(connection, adjustment.account_id)
    done = await _done(connection, adjustment.account_id, adjustment.key)
    if done is not None:
        is_same = (done.kind, done.asset, done.amount) == (ActKind.ADJUSTED, adjustment.asset, adjustment.amount)
        return done if is_same else ActRefusal.KEY_TAKEN
    free = await _free(connection, adjustment.account_id, adjustment.asset)
    refusal = await _refusal(connection, adjustment, free)
    if refusal is not None:
        return refusal
    postings = merged(external_postings(adjustment.asset, adjustment.amount, free))
    key = f"adjustment:{adjustment.account_id}:{adjustment.key}"
    await post(connection, adjustment.account_id, postings, key=key, kind=EXTERNAL_MOVEMENT)
    if adjustment.asset != CASH:
        await _move_shares(connection, adjustment)
    state = account.state
    if state is TradingState.BLOCKED:
        short = await _is_short(connection, adjustment.account_id)
        state = TradingState.REDUCE_ONLY if short else TradingState.ACTIVE
        await _set_state(connection, adjustment.account_id, state)
    return await _written(connection, ActKind.ADJUSTED, adjustment, state)


async def book_rounding(connection: AsyncConnection, account_id: str, trading_date: date, amount: int) -> bool:
    """Take over `amount` VND by which the broker rounds otherwise, once a day, so that days don't add up.

    False when the day's was booked before, or when it would take more than is free: it stays within the tolerance.
    Raises `UnknownAccountError`.
    """
    await lock_account(connection, account_id)
    key = f"rounding:{account_id}:{trading_date.isoformat()}"
    booked = select(LEDGER_TRANSACTION.c.id).where(LEDGER_TRANSACTION.c.key == key)
    if (await connection.execute(booked)).one_or_none() is not None:
        return False
    free = await _free(connection, account_id, CASH)
    if amount < 0 and free + amount < 0:
        return False
    await post(connection, account_id, merged(external_postings(CASH, amount, free)), key=key, kind=EXTERNAL_MOVEMENT)
    return True


async def resume(connection: AsyncConnection, account_id: str, author: str, reason: str, key: str) -> Act | ActRefusal:
    """A person's word that the account may trade again, whatever stopped it. Raises `UnknownAccountError`."""
    await lock_account(connection, account_id)
    done = await _done(connection, account_id, key)
    if done is not None:
        return done if done.kind is ActKind.RESUMED else ActRefusal.KEY_TAKEN
    await _set_state(connection, account_id, TradingState.ACTIVE)
    nothing = Adjustment(account_id, "", 0, author, reason, key)
    return await _written(connection, ActKind.RESUMED, nothing, TradingState.ACTIVE)


async def say_not_ours(connection: AsyncConnection, word: NotOurs) -> Act | ActRefusal:
    """Let an order be taken in that waits because it may be one of ours. Raises `UnknownAccountError`."""
    account = await lock_account(connection, word.account_id)
    done = await _done(connection, word.account_id, word.key)
    if done is not None:
        is_same = (done.kind, done.broker_order_id) == (ActKind.NOT_OURS, word.broker_order_id)
        return done if is_same else ActRefusal.KEY_TAKEN
    waiting = {"connection_id": account.connection_id, "broker_account": account.broker_account}
    day = (await connection.execute(_WAITS_SINCE, {**waiting, "broker_order_id": word.broker_order_id})).scalar_one()
    if day is None:
        return ActRefusal.NOT_WAITING
    nothing = Adjustment(word.account_id, "", 0, word.author, word.reason, word.key)
    about = {"broker_order_id": word.broker_order_id, "trading_date": day}
    return await _written(connection, ActKind.NOT_OURS, nothing, account.state, about)


async def _refusal(connection: AsyncConnection, adjustment: Adjustment, free: int) -> ActRefusal | None:
    if adjustment.amount < 0 and free + adjustment.amount < 0:
        return ActRefusal.MORE_THAN_FREE
    if adjustment.asset == CASH:
        return None
    listed = select(INSTRUMENT.c.symbol).where(INSTRUMENT.c.symbol == adjustment.asset).limit(1)
    known = (await connection.execute(listed)).one_or_none()
    return ActRefusal.UNKNOWN_ASSET if known is None else None


async def _move_shares(connection: AsyncConnection, adjustment: Adjustment) -> None:
    """Shares that come cost nothing, as a share dividend's; those that go take their part of the cost with them."""
    account_id, symbol, amount = adjustment.account_id, adjustment.asset, adjustment.amount
    own = (POSITION.c.account_id == account_id) & (POSITION.c.symbol == symbol)
    columns = (POSITION.c.quantity, POSITION.c.cost_total, POSITION.c.realized_pnl)
    row = (await connection.execute(select(*columns).where(own))).one_or_none()
    before = Holding() if row is None else Holding(row.quantity, row.cost_total, row.realized_pnl)
    quantity = before.quantity + amount
    cost = before.cost_total
    if amount < 0:
        cost = 0 if quantity <= 0 else before.cost_total * quantity // before.quantity
    after = Holding(quantity, cost, before.realized_pnl)
    await write(connection, saved_position(account_id, symbol, after, quantity_change=amount, order_id=None))


async def _free(connection: AsyncConnection, account_id: str, asset: str) -> int:
    buckets = (Bucket.AVAILABLE, Bucket.SHORTFALL)
    return sum((await balances(connection, [ledger_account_id(account_id, each, asset) for each in buckets])).values())


async def _is_short(connection: AsyncConnection, account_id: str) -> bool:
    short = (LEDGER_ACCOUNT.c.account_id == account_id) & (LEDGER_ACCOUNT.c.bucket == Bucket.SHORTFALL.value)
    owed = select(LEDGER_ACCOUNT.c.id).where(short, LEDGER_ACCOUNT.c.balance < 0).limit(1)
    return (await connection.execute(owed)).one_or_none() is not None


async def _set_state(connection: AsyncConnection, account_id: str, state: TradingState) -> None:
    await connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(state=state.value))


async def _done(connection: AsyncConnection, account_id: str, key: str) -> Act | None:
    own = (ACCOUNT_ACT.c.account_id == account_id) & (ACCOUNT_ACT.c.key == key)
    row = (await connection.execute(select(ACCOUNT_ACT).where(own))).one_or_none()
    return None if row is None else _act_of(row)


async def _written(
    connection: AsyncConnection,
    kind: ActKind,
    what: Adjustment,
    state: TradingState,
    about: Mapping[str, object] = MappingProxyType({}),
) -> Act:
    values = {
        **about,
        "key": what.key,
        "account_id": what.account_id,
        "kind": kind.value,
        "author": what.author,
        "reason": what.reason,
        "asset": what.asset or None,
        "amount": what.amount or None,
        "state": state.value,
    }
    row = (await connection.execute(insert(ACCOUNT_ACT).values(values).returning(ACCOUNT_ACT))).one()
    return _act_of(row)


def _act_of(row: Any) -> Act:
    return Act(
        act_id=row.id,
        key=row.key,
        account_id=row.account_id,
        kind=ActKind(row.kind),
        author=row.author,
        reason=row.reason,
        asset=row.asset,
        amount=row.amount,
        state=TradingState(row.state),
        created_at=row.created_at,
        broker_order_id=row.broker_order_id,
    )
