"""The standing of the account: what people are told of its orders, whether it may trade, and who lifts a limit."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import uuid4

from ledger.database import open_engine
from ledger.ledger import Ledger
from risk.checks import TradingState
from tests.support.reckoning import ACCOUNT
from tests.support.whole_stack import WholeStack

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


async def _at_ledger(stack: WholeStack, ask: Callable[[Ledger], Awaitable[_Answer]]) -> _Answer:
    engine = open_engine(stack.database_url)
    try:
        return await ask(Ledger(engine))
    finally:
        await engine.dispose()
