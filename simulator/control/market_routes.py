"""Securities and the other participants."""

from fastapi import APIRouter, HTTPException

from market.bands import Band, band_for, computable
from market.checks import exchange_violations
from market.facts import TradingFacts
from market.terms import OrderTerms
from market.ticks import is_on_tick, tick_at_or_above, tick_at_or_below
from market.violations import RuleCode
from market.vocabulary import SecurityStatus, Side
from simulator.control.schemas import Enabled, ParticipantOrderBody, ParticipantOrderView, SymbolBody, SymbolView
from simulator.interventions import set_band_day, set_foreign_room, set_last, set_reference, set_status
from simulator.security import Board, Security
from simulator.simulation import Simulation
from simulator.state import ExchangeState

_OF_TIME = frozenset(
    {
        RuleCode.CLOSED_DAY,
        RuleCode.SYMBOL_NOT_TRADING,
        RuleCode.SYMBOL_NOT_TRADING_TODAY,
        RuleCode.PHASE_TAKES_NOTHING,
        RuleCode.ORDER_TYPE_NOT_IN_PHASE,
        RuleCode.NO_CLOSING_PRICE,
    }
)


def market_routes(simulation: Simulation) -> APIRouter:
    router = APIRouter(tags=["market"])

    @router.get("/symbols")
    async def symbols() -> list[SymbolView]:
        return [_symbol(simulation.state, security) for security in simulation.state.securities.values()]

    @router.get("/symbols/{symbol}")
    async def symbol(symbol: str) -> SymbolView:
        return _symbol(simulation.state, _find(simulation, symbol))

    @router.put("/symbols/{symbol}")
    async def change(symbol: str, body: SymbolBody) -> SymbolView:
        security = _find(simulation, symbol)
        simulation.bring_up_to_date()
        _check_prices(security, body)
        _change(simulation.state, security, body)
        if body.reference is not None or body.last is not None:
            simulation.participants.follow_price(simulation.state, security.symbol)
        await simulation.save()
        return _symbol(simulation.state, security)

    @router.post("/symbols/{symbol}/halt")
    async def halt(symbol: str) -> SymbolView:
        return await change(symbol, SymbolBody(status=SecurityStatus.HALTED))

    @router.post("/symbols/{symbol}/resume")
    async def resume(symbol: str) -> SymbolView:
        return await change(symbol, SymbolBody(status=SecurityStatus.NORMAL))

    @router.post("/participants", status_code=201)
    async def place(body: ParticipantOrderBody) -> ParticipantOrderView:
        security = _find(simulation, body.symbol)
        simulation.bring_up_to_date()
        _check(simulation, security, body)
        order = await simulation.place_participant_order(
            security.symbol, body.side, body.order_type, body.price or 0, body.quantity
        )
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


def _check_prices(security: Security, body: SymbolBody) -> None:
    """Both on a tick, the last price inside the band as it will be."""
    exchange, kind = security.listing.exchange, security.listing.kind
    for name, price in (("reference", body.reference), ("last", body.last)):
        if price is not None and not is_on_tick(exchange, kind, price):
            nearest = f"{tick_at_or_below(exchange, kind, price)} and {tick_at_or_above(exchange, kind, price)}"
            raise HTTPException(422, f"{name} must be a price of {exchange}; the nearest are {nearest}.")
    day = security.day
    band_day = body.band_day or day.band_day
    if body.last is None or not computable(exchange, band_day):
        return
    band = Band(day.reference, day.ceiling, day.floor)
    if body.reference is not None or body.band_day is not None:
        band = band_for(exchange, kind, body.reference or day.reference, day=band_day)
    if not band.holds(body.last):
        raise HTTPException(422, f"last must be from the floor {band.floor} to the ceiling {band.ceiling}.")


def _change(state: ExchangeState, security: Security, body: SymbolBody) -> None:
    if body.band_day is not None:
        if not computable(security.listing.exchange, body.band_day):
            raise HTTPException(422, f"{security.listing.exchange} publishes the band of a {body.band_day} day itself.")
        set_band_day(state, security, body.band_day)
    if body.reference is not None:
        set_reference(state, security, body.reference)
    if body.last is not None:
        set_last(state, security, body.last)
    if body.status is not None:
        set_status(state, security, body.status)
    if "foreign_room" in body.model_fields_set:
        set_foreign_room(state, security, body.foreign_room)


def _check(simulation: Simulation, security: Security, body: ParticipantOrderBody) -> None:
    """The exchange's own rules: 409 for what another time allows, else 422."""
    state, exchange = simulation.state, security.listing.exchange
    terms = OrderTerms(security.symbol, exchange, body.side, body.order_type, body.quantity, body.price)
    facts = TradingFacts(traded_today=security.day.trades > 0)
    broken = exchange_violations(terms, security.instrument, state.now, facts=facts, calendar=state.calendar)
    if broken:
        raise HTTPException(409 if broken[0].code in _OF_TIME else 422, broken[0].message)


def _symbol(state: ExchangeState, security: Security) -> SymbolView:
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
        status=day.status,
        band_day=day.band_day,
        phase=state.phase_of_security(security).name.value,
        foreign_room=day.foreign_room,
    )
