"""Surprises made by hand: orders that no client sent, and executions added, taken back and corrected."""

from fastapi import APIRouter, HTTPException

from market.ticks import is_on_tick
from simulator.broker_order import BrokerOrder
from simulator.commands import NewOrder
from simulator.control.schemas import CorrectionBody, ExecutionBody, ExternalOrderBody, OrderView
from simulator.order_entry import place_elsewhere
from simulator.security import Security
from simulator.simulation import Simulation
from simulator.surprises import bust, correct, late_fill


def surprise_routes(simulation: Simulation) -> APIRouter:
    router = APIRouter(tags=["surprises"])

    @router.post("/external-orders", status_code=201)
    async def external(body: ExternalOrderBody) -> OrderView:
        if body.account not in simulation.state.accounts:
            raise HTTPException(404, f"Account {body.account} does not exist; see /control/accounts.")
        simulation.bring_up_to_date()
        terms = NewOrder(
            "", body.account, body.symbol.upper(), body.side, body.order_type, body.price, body.quantity, body.channel
        )
        return await _stored(simulation, place_elsewhere(simulation.state, terms, body.channel))

    @router.post("/orders/{order_id}/late-fill", status_code=201)
    async def fill(order_id: str, body: ExecutionBody) -> OrderView:
        order = _find(simulation, order_id)
        if order.is_open:
            raise HTTPException(409, f"Order {order_id} is open ({order.status}); sell or buy with /participants.")
        return await _stored(simulation, late_fill(simulation.state, order, body.price, body.quantity))

    @router.post("/orders/{order_id}/bust", status_code=201)
    async def take_back(order_id: str, body: ExecutionBody) -> OrderView:
        order = _filled(simulation, order_id, body)
        return await _stored(simulation, bust(simulation.state, order, body.price, body.quantity))

    @router.post("/orders/{order_id}/correction", status_code=201)
    async def correction(order_id: str, body: CorrectionBody) -> OrderView:
        order = _filled(simulation, order_id, body)
        _check_correction(simulation.state.securities[order.symbol], body.corrected_price)
        corrected = correct(simulation.state, order, body.price, body.corrected_price, body.quantity)
        return await _stored(simulation, corrected)

    return router


async def _stored(simulation: Simulation, order: BrokerOrder) -> OrderView:
    await simulation.save()
    return OrderView.model_validate(order, from_attributes=True)


def _filled(simulation: Simulation, order_id: str, execution: ExecutionBody) -> BrokerOrder:
    """The order, which has traded at least as much as `execution` says at its price."""
    order = _find(simulation, order_id)
    if order.executions.get(execution.price, 0) < execution.quantity:
        traded = ", ".join(f"{shares} at {price}" for price, shares in sorted(order.executions.items())) or "nothing"
        raise HTTPException(422, f"price and quantity must be of what order {order_id} has traded: {traded}.")
    return order


def _check_correction(security: Security, price: int) -> None:
    listing, band = security.listing, security.instrument.band
    if not band.holds(price) or not is_on_tick(listing.exchange, listing.kind, price):
        raise HTTPException(
            422, f"corrected_price must be a price of {listing.exchange} from {band.floor} to {band.ceiling}."
        )


def _find(simulation: Simulation, order_id: str) -> BrokerOrder:
    simulation.bring_up_to_date()
    order = simulation.state.orders.get(order_id)
    if order is None:
        raise HTTPException(404, f"Order {order_id} is not of today; see /control/orders.")
    return order
