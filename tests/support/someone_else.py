"""Another program of the same customer at the broker: what it does there, nobody here has asked for."""

import asyncio
from pathlib import Path
from typing import Any

from broker.fastconnect.connection import FastConnect
from broker.fastconnect.credentials import Credentials
from broker.port import Accepted, CancelRequest, Outcome
from local.environment import simulator_credentials
from market.terms import OrderTerms
from market.vocabulary import Exchange, OrderType, Side
from tests.support.whole_stack import WholeStack, eventually

_REQUEST_ID = "90000001"
_FINISHED = frozenset({"CL", "FFPC"})


def cancel_at_broker(stack: WholeStack, order: dict[str, Any]) -> None:
    """Cancel what is left of an order as the control API shows it; returns when the broker has."""
    assert isinstance(asyncio.run(_cancel(_credentials(stack), order)), Accepted)

    def state() -> str:
        with stack.control as control:
            listed = control.get("orders").raise_for_status().json()
        return str(next(each["status"] for each in listed if each["order_id"] == order["order_id"]))

    eventually(state, lambda status: status in _FINISHED)


def _credentials(stack: WholeStack) -> Credentials:
    env = simulator_credentials(stack.home.ssi_environment)
    return Credentials(
        trading_url=env["SSI_API_URL"],
        stream_url=env["SSI_STREAM_URL"],
        data_url=env["SSI_DATA_URL"],
        consumer_id=env["SSI_API_KEY"],
        consumer_secret=env["SSI_API_SECRET"],
        private_key=Path(env["SSI_PRIVATE_KEY_FILE"]).read_text(),
        code=env["SSI_PIN"],
    )


async def _cancel(credentials: Credentials, order: dict[str, Any]) -> Outcome:
    side, price = Side(order["side"]), order["price"]
    terms = OrderTerms(order["symbol"], Exchange.HOSE, side, OrderType.LO, order["quantity"], price)
    async with FastConnect(credentials) as connection:
        return await connection.cancel(CancelRequest(order["account"], _REQUEST_ID, order["order_id"], terms))
