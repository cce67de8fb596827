"""Securities and the other participants."""

from fastapi import APIRouter, HTTPException

from market.lots import is_odd_lot, is_round_lot
from market.phases import CONTINUOUS
from market.ticks import is_on_tick
from market.vocabulary import Side
from simulator.control.schemas import Enabled, ParticipantOrderBody, ParticipantOrderView, SymbolView
from simulator.security import Board, Security
from simulator.simulation import Simulation


def market_routes(simulation: Simulation) -> APIRouter:
    router = APIRouter(tags=["market"])

    @router.get("/symbols")
    async def symbols() -> list[SymbolView]:
        return [_symbol(security) for security in simulation.state.securities.values()]

    @router.get("/symbols/{symbol}")
    async def symbol(symbol: str) -> SymbolView:
        return _symbol(_find(simulation, symbol))

    @router.post("/participants", status_code=201)
    async def place(body: ParticipantOrderBody) -> ParticipantOrderView:
        security = _find(simulation, body.symbol)
        simulation.bring_up_to_date()
        _check(simulation, security, body)
        order = await simulation.place_participant_order(security.symbol, body.side, body.price, body.quantity)
        return ParticipantOrderView.model_validate(order, from_attributes=True)

    @router.put("/participants/enabled")
    async def enable(body: Enabled) -> Enabled:
        await simulation.enable_participants(enabled=body.enabled)
        return body

    return router


def _find(simulation: Simulation, symbol: str) -> Security:
    security = simulation.state.securities.get(symbol.upper())
    if security is None:
        raise HTTPException(404, f"{symbol} is not listed; see /control/symbols.")
    return security


def _check(simulation: Simulation, security: Security, body: ParticipantOrderBody) -> None:
    listing, day = security.listing, security.day
    phase = simulation.state.phase_of(listing.exchange)
    if phase not in CONTINUOUS:
        raise HTTPException(409, f"{listing.exchange} is in {phase}; participants trade in continuous phases only.")
    if not day.floor <= body.price <= day.ceiling or not is_on_tick(listing.exchange, listing.kind, body.price):
        raise HTTPException(422, f"price must be a valid step from {day.floor} to {day.ceiling} VND.")
    if not is_round_lot(body.quantity) and not is_odd_lot(body.quantity):
        raise HTTPException(422, "quantity must be a multiple of 100 or an odd lot of 1 to 99.")


def _symbol(security: Security) -> SymbolView:
    day, book = security.day, security.books[Board.ROUND]
    return SymbolView(
        symbol=security.symbol,
        name=security.listing.name,
        exchange=security.listing.exchange,
        reference=day.reference,
        ceiling=day.ceiling,
        floor=day.floor,
        best_bid=book.best(Side.BUY),
        best_ask=book.best(Side.SELL),
        last=day.last or None,
        volume=day.volume,
    )
