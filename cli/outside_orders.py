"""What happens to an order without its house's doing: a sale past us at the broker, an execution that comes late."""

import asyncio
from datetime import UTC, date, datetime

from temporalio.client import Client

from activities.announcing import OrderAnnouncer
from broker.fastconnect.connection import FastConnect
from broker.port import Outcome, SubmitRequest
from cli.own_stack import OwnStack
from ledger.database import open_engine
from ledger.inbox import InboxMessage
from ledger.ledger import Ledger
from local.environment import process_environment
from local.failure import CannotRun
from market.terms import OrderTerms
from market.vocabulary import Exchange, OrderType, Side
from orders.evidence import EVIDENCE, Match
from settings import load_settings
from worker import CONNECTION_ID, broker_behaviour, broker_credentials
from workflows.payloads import DATA_CONVERTER

_REQUEST_ID = "90000000"
"""Far above the ids that the house counts up."""


def sell_elsewhere(stack: OwnStack, symbol: str) -> Outcome:
    """Offer every share of `symbol` at its ceiling through another program with the same connection key."""
    return asyncio.run(_sell_elsewhere(stack, symbol))


async def _sell_elsewhere(stack: OwnStack, symbol: str) -> Outcome:
    variables = process_environment(stack.settings, stack.home, stack.addresses)
    given = {name.lower(): value for name, value in variables.items() if name.startswith("SSI_")}
    settings = load_settings(None, **given, market_clock_url=variables["MARKET_CLOCK_URL"])
    account = variables["SSI_ACCOUNT"]
    with stack.control() as control:
        listed = control.get(f"/symbols/{symbol}").raise_for_status().json()
        accounts = control.get("/accounts").raise_for_status().json()
    owned = next(each for each in accounts if each["number"] == account)["positions"][symbol]["settled"]
    terms = OrderTerms(symbol, Exchange(listed["exchange"]), Side.SELL, OrderType.LO, owned, listed["ceiling"])
    async with FastConnect(broker_credentials(settings), behaviour=broker_behaviour(settings)) as broker:
        return await broker.submit(SubmitRequest(account, _REQUEST_ID, terms))


def late_fill(stack: OwnStack, order_id: str, quantity: int) -> None:
    """Let the feed's own steps store, route and announce an execution of an order whose run has ended."""
    asyncio.run(_late_fill(stack, order_id, quantity))


async def _late_fill(stack: OwnStack, order_id: str, quantity: int) -> None:
    client = await Client.connect(
        stack.addresses.temporal_address,
        namespace=stack.settings.temporal_namespace,
        data_converter=DATA_CONVERTER,
    )
    engine = open_engine(stack.addresses.database_url)
    try:
        ledger = Ledger(engine)
        stored = await ledger.load(order_id)
        if stored is None or stored.order.terms.price is None:
            raise CannotRun(f"order {order_id} cannot be filled late: it is not in the ledger with a price")
        order = stored.order
        execution = Match(order.broker_order_id, quantity, stored.order.terms.price, datetime.now(UTC))
        await ledger.store_raw(CONNECTION_ID, order.trading_date, [_message(execution)])
        await _announce(ledger, OrderAnnouncer(client), order.trading_date)
    finally:
        await engine.dispose()


async def _announce(ledger: Ledger, announcer: OrderAnnouncer, trading_date: date) -> None:
    for routed in await ledger.route(CONNECTION_ID, trading_date):
        await announcer.evidence(routed.stored, routed.summary)


def _message(execution: Match) -> InboxMessage:
    raw = EVIDENCE.dump_json(execution).decode()
    return InboxMessage(
        raw=raw,
        key=f"late:{execution.broker_order_id}",
        broker_order_id=execution.broker_order_id,
        evidence=execution,
    )
