"""Accounts are made known once, each with its own rates, and users get exactly what they are granted."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.account_opening import SSI_CONNECTION, AccountDiffers, NewAccount, OpenedAccount, open_account, set_fees
from ledger.accounts import Role, UnknownAccountError, UserGrants
from ledger.granting import NewGrant, RoleDiffers, grant_account
from ledger.ledger import Ledger
from ledger.settlement import Opening, OpeningShares
from market.calendar import VIETNAM
from market.fees import Channel, FeePlan, fee_schedule
from market.vocabulary import OrderType, Side
from orders.commands import PlaceOrder
from risk.checks import TradingState
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import DAY, INSTRUMENTS, PRICE, accept, command, hear, report, send
from worker import CONNECTION_ID

pytestmark = pytest.mark.stack

LAN = NewAccount("0905555", "Lan Nguyen", fee_schedule(FeePlan.STANDARD, Channel.ONLINE), is_foreign=False)
MINH = NewAccount("0906666", "Minh Tran", fee_schedule(FeePlan.SELF_DIRECTED, Channel.ONLINE), is_foreign=True)
CASH = 10_000_000
CLOSING = datetime(2026, 11, 20, 14, 31, tzinfo=VIETNAM)
SHARES = {"VIC": OpeningShares(100, 100, 80_000)}


async def trade(ledger: Ledger, account_id: str, side: Side) -> None:
    """Fill an order for 100 VIC at 85,500."""
    stored = await accept(ledger, command(side, account_id=account_id))
    assert stored.verdict.accepted, stored.verdict.violations
    await send(ledger, stored.order.order_id)
    filled = await hear(ledger, stored.order.order_id, report(100))
    assert filled.order.filled == 100


def at_the_close(side: Side, account_id: str) -> PlaceOrder:
    placed = command(side, account_id=account_id)
    return replace(placed, terms=replace(placed.terms, order_type=OrderType.ATC, price=None))


async def test_two_plans_charge_two_fees_on_the_same_filled_order(ledger: Ledger, engine: AsyncEngine) -> None:
    await ledger.save_instruments(INSTRUMENTS)
    for account in (LAN, MINH):
        assert isinstance(await open_account(engine, account), OpenedAccount)
        assert await ledger.open_balances(account.broker_account, DAY, Opening(CASH))
        await trade(ledger, account.broker_account, Side.BUY)
    assert (await ledger.cash(LAN.broker_account)).available == CASH - 100 * PRICE - 12_825  # 0.15 %
    assert (await ledger.cash(MINH.broker_account)).available == CASH - 100 * PRICE - 2_309  # 0.027 %, 2,308.5 rounded


async def test_a_sale_pays_the_tax_whatever_the_plan(ledger: Ledger, engine: AsyncEngine) -> None:
    await ledger.save_instruments(INSTRUMENTS)
    await open_account(engine, MINH)
    assert await ledger.open_balances(MINH.broker_account, DAY, Opening(0, shares=SHARES))
    await trade(ledger, MINH.broker_account, Side.SELL)
    assert (await ledger.owned(MINH.broker_account)).cash == 100 * PRICE - 2_309 - 8_550


async def test_other_rates_count_for_orders_accepted_after_they_were_set(ledger: Ledger, engine: AsyncEngine) -> None:
    await ledger.save_instruments(INSTRUMENTS)
    await open_account(engine, LAN)
    assert await ledger.open_balances(LAN.broker_account, DAY, Opening(2 * CASH))
    working = await accept(ledger, command(account_id=LAN.broker_account))
    assert await set_fees(engine, LAN.broker_account, MINH.fees) == LAN.fees
    await send(ledger, working.order.order_id)
    await hear(ledger, working.order.order_id, report(100))
    assert (await ledger.cash(LAN.broker_account)).available == 2 * CASH - 100 * PRICE - 12_825
    await trade(ledger, LAN.broker_account, Side.BUY)
    assert (await ledger.cash(LAN.broker_account)).available == 2 * (CASH - 100 * PRICE) - 12_825 - 2_309


async def test_an_account_is_stored_as_it_was_described_in_the_workers_connection(
    ledger: Ledger, engine: AsyncEngine
) -> None:
    opened = await open_account(engine, MINH)
    assert isinstance(opened, OpenedAccount)
    assert opened.is_new
    assert opened.siblings == ()
    account = opened.account
    assert (account.account_id, account.broker_account, account.investor_id) == ("0906666", "0906666", "Minh Tran")
    assert (account.is_foreign, account.state, account.opened) == (True, TradingState.ACTIVE, False)
    assert SSI_CONNECTION.connection_id == CONNECTION_ID
    assert account in await ledger.accounts_of(CONNECTION_ID)


async def test_opening_again_changes_nothing_and_says_what_is_there(ledger: Ledger, engine: AsyncEngine) -> None:
    first = await open_account(engine, LAN)
    assert isinstance(first, OpenedAccount)
    assert await open_account(engine, LAN) == replace(first, is_new=False)
    for other in (replace(LAN, investor="Minh Tran"), replace(LAN, fees=MINH.fees), replace(LAN, is_foreign=True)):
        assert await open_account(engine, other) == AccountDiffers(first.account)
    assert await ledger.account(LAN.broker_account) == first.account


async def test_lc83_orders_of_one_investors_two_accounts_do_not_meet_in_an_auction(
    ledger: Ledger, engine: AsyncEngine
) -> None:
    await ledger.save_instruments(INSTRUMENTS)
    second = replace(MINH, broker_account="0907777", investor=LAN.investor)
    for account in (LAN, second):
        opened = await open_account(engine, account)
        assert await ledger.open_balances(account.broker_account, DAY, Opening(CASH, shares=SHARES))
    assert isinstance(opened, OpenedAccount)
    assert opened.siblings == (LAN.broker_account,)
    sold = await accept(ledger, at_the_close(Side.SELL, LAN.broker_account), CLOSING)
    assert sold.verdict.accepted, sold.verdict.violations
    bought = await accept(ledger, at_the_close(Side.BUY, second.broker_account), CLOSING)
    assert [each.code.value for each in bought.verdict.violations] == ["opposite_order"]


async def test_a_grant_makes_the_user_and_a_second_one_adds_an_account(ledger: Ledger, engine: AsyncEngine) -> None:
    await open_account(engine, LAN)
    grant = NewGrant(LAN.broker_account, "hoa", Role.TRADER)
    only = UserGrants("hoa", Role.TRADER, (LAN.broker_account,), None)
    for _ in range(2):
        assert await grant_account(engine, grant) == only
    both = await grant_account(engine, replace(grant, account_id=ACCOUNT_ID, is_default=True))
    assert both == UserGrants("hoa", Role.TRADER, (ACCOUNT_ID, LAN.broker_account), ACCOUNT_ID)
    assert await grant_account(engine, grant) == both == await ledger.grants("hoa")


async def test_a_user_has_one_default_account_the_last_one_named(engine: AsyncEngine) -> None:
    await open_account(engine, LAN)
    for account_id in (ACCOUNT_ID, LAN.broker_account):
        granted = await grant_account(engine, NewGrant(account_id, "hoa", Role.VIEWER, is_default=True))
    assert granted == UserGrants("hoa", Role.VIEWER, (ACCOUNT_ID, LAN.broker_account), LAN.broker_account)


async def test_a_known_users_role_changes_only_where_that_is_meant(ledger: Ledger, engine: AsyncEngine) -> None:
    await open_account(engine, LAN)
    grant = NewGrant(LAN.broker_account, "viewer", Role.OPERATOR)
    before = await ledger.grants("viewer")
    assert before is not None
    assert await grant_account(engine, grant) == RoleDiffers(before)
    assert await ledger.grants("viewer") == before
    changed = await grant_account(engine, replace(grant, changes_role=True))
    assert changed == UserGrants("viewer", Role.OPERATOR, (ACCOUNT_ID, LAN.broker_account), ACCOUNT_ID)


async def test_an_unknown_account_is_granted_to_nobody(ledger: Ledger, engine: AsyncEngine) -> None:
    with pytest.raises(UnknownAccountError):
        await grant_account(engine, NewGrant("9999999", "hoa", Role.TRADER))
    assert await ledger.grants("hoa") is None
