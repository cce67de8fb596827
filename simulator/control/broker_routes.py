"""The broker's books as they really are: accounts, orders, fills; and the requests it has received."""

import json
from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException

from market.fees import FeeSchedule
from simulator.accounts import Account
from simulator.broker_order import BrokerOrder
from simulator.control.schemas import (
    AccountBody,
    AccountView,
    FillView,
    OrderView,
    PositionView,
    ReceivedView,
)
from simulator.received import Received
from simulator.simulation import Simulation
from simulator.starting_accounts import new_account


def broker_routes(simulation: Simulation, received: Received) -> APIRouter:
    router = APIRouter(tags=["broker"])

    @router.get("/accounts")
    async def accounts() -> list[AccountView]:
        simulation.bring_up_to_date()
        views = [_account(account) for account in simulation.state.accounts.values()]
        await simulation.saved()
        return views

    @router.post("/accounts", status_code=201)
    async def add_account(body: AccountBody) -> AccountView:
        if body.number in simulation.state.accounts:
            raise HTTPException(409, f"Account {body.number} exists already.")
        unknown = sorted(set(body.shares) - set(simulation.state.securities))
        if unknown:
            raise HTTPException(422, f"{', '.join(unknown)} is not listed; see /control/symbols.")
        if any(quantity <= 0 for quantity in body.shares.values()):
            raise HTTPException(422, "shares must be positive numbers.")
        fees = FeeSchedule(body.commission_ppm, body.sale_tax_ppm)
        account = new_account(body.number, body.cash, body.shares, fees)
        await simulation.store_account(account)
        return _account(account)

    @router.get("/orders")
    async def orders(account: str | None = None) -> list[OrderView]:
        simulation.bring_up_to_date()
        views = [
            OrderView.model_validate(order, from_attributes=True)
            for order in simulation.state.orders.values()
            if account in (None, order.account)
        ]
        await simulation.saved()
        return views

    @router.get("/fills")
    async def fills(account: str | None = None) -> list[FillView]:
        return [fill for fill in _fills(simulation) if account in (None, fill.account)]

    @router.get("/received")
    async def requests(path: str = "") -> list[ReceivedView]:
        """The requests whose path holds `path`, in any case, oldest first."""
        return [
            ReceivedView.model_validate(request, from_attributes=True)
            for request in received.requests
            if path.lower() in request.path.lower()
        ]

    return router


def _account(account: Account) -> AccountView:
    positions = {
        symbol: PositionView(on_hand=position.on_hand, settled=position.settled, held=position.held)
        for symbol, position in account.positions.items()
    }
    return AccountView(
        number=account.number,
        cash=account.cash,
        held=account.held,
        receivable=sum(pending.amount for pending in account.receivables),
        positions=positions,
    )


def _fills(simulation: Simulation) -> list[FillView]:
    """Today's executions, read back from the stored messages: exactly what clients were told."""
    orders: dict[str, BrokerOrder] = simulation.state.orders
    found = []
    for message in simulation.messages_from(0):
        event = json.loads(message.text)
        if event["type"] != "orderMatchEvent":
            continue
        data = event["data"]
        found.append(
            FillView(
                notify_id=message.notify_id,
                account=message.account,
                order_id=data["orderID"],
                symbol=data["instrumentID"],
                side=orders[data["orderID"]].side,
                price=int(data["matchPrice"]),
                quantity=data["matchQty"],
                matched_at=datetime.fromtimestamp(int(data["matchTime"]) / 1000, UTC),
            )
        )
    return found
