"""The broker's books as they really are: orders and fills; and the requests it has received."""

import json
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query

from simulator.control.schemas import (
    FillView,
    OrderView,
    ReceivedView,
)
from simulator.received import KEPT_REQUESTS, Received
from simulator.simulation import Simulation
from simulator.wire.vocabulary import SIDES


def broker_routes(simulation: Simulation, received: Received) -> APIRouter:
    router = APIRouter(tags=["broker"])

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
    async def requests(path: str = "", limit: Annotated[int, Query(ge=1)] = KEPT_REQUESTS) -> list[ReceivedView]:
        """The latest `limit` requests whose path holds `path`, in any case, oldest first."""
        latest_first = (request for request in reversed(received.requests) if path.lower() in request.path.lower())
        latest = list(islice(latest_first, limit))
        return [ReceivedView.model_validate(request, from_attributes=True) for request in reversed(latest)]

    return router


def _fills(simulation: Simulation) -> list[FillView]:
    """Today's executions, read back from the stored messages: exactly what clients were told."""
    found = []
    for message in simulation.messages_of_today():
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
                side=SIDES[data["buySell"]],
                price=int(data["matchPrice"]),
                quantity=data["matchQty"],
                matched_at=datetime.fromtimestamp(int(data["matchTime"]) / 1000, UTC),
            )
        )
    return found
