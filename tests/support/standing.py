"""The standing of the account: what people are told of its orders, whether it may trade, and who lifts a limit."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeVar
from uuid import uuid4

from ledger.account_acts import NotOurs
from ledger.database import open_engine
from ledger.ledger import Ledger
from risk.checks import TradingState
from tests.support.reckoning import ACCOUNT
from tests.support.whole_stack import WholeStack
from worker import CONNECTION_ID

_Answer = TypeVar("_Answer")


def alerts_about(stack: WholeStack, order_id: str) -> set[str]:
    """The kinds of alert that were raised about an order."""
    with stack.api as api:
        alerts = api.get("/alerts", params={"limit": 200}).raise_for_status().json()["alerts"]
    return {alert["kind"] for alert in alerts if alert["order_id"] == order_id}


def trading_state(stack: WholeStack) -> TradingState:
    async def state(ledger: Ledger) -> TradingState:
        account = await ledger.account(ACCOUNT)
        assert account is not None
        return account.state

    return asyncio.run(_at_ledger(stack, state))


def let_trade_again(stack: WholeStack) -> None:
    """A person has looked at the account and lifts its limit."""

    async def resume(ledger: Ledger) -> None:
        await ledger.resume_account(ACCOUNT, "minh", "settled with SSI", uuid4().hex)

    asyncio.run(_at_ledger(stack, resume))


def say_what_is_not_ours(stack: WholeStack, trading_date: date) -> list[str]:
    """A person has asked SSI about each order that waits because it may be one of ours; the broker's ids of them."""

    async def say(ledger: Ledger) -> list[str]:
        strangers = await ledger.strangers(CONNECTION_ID, trading_date)
        for each in strangers:
            key = f"not-ours-{trading_date}-{each.broker_order_id}"
            await ledger.say_not_ours(NotOurs(ACCOUNT, each.broker_order_id, "minh", "placed on iBoard, says SSI", key))
        return [each.broker_order_id for each in strangers]

    return asyncio.run(_at_ledger(stack, say))


async def _at_ledger(stack: WholeStack, ask: Callable[[Ledger], Awaitable[_Answer]]) -> _Answer:
    engine = open_engine(stack.database_url)
    try:
        return await ask(Ledger(engine))
    finally:
        await engine.dispose()
