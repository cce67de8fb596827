"""The market's clock: read it, set it, change its rate, roll to the next trading day."""

from fastapi import APIRouter, HTTPException

from market.calendar import VIETNAM, day_of, is_trading_day
from market.clock import MarketClock
from market.vocabulary import Exchange
from simulator.clock import LONGEST_JUMP
from simulator.control.schemas import ClockSetting, ClockView, NextDay
from simulator.simulation import Simulation


def clock_routes(simulation: Simulation) -> APIRouter:
    router = APIRouter(tags=["clock"])

    @router.get("/clock")
    async def read() -> ClockView:
        simulation.bring_up_to_date()
        view = _view(simulation, simulation.clock)
        # A time that was told must not come again after a kill.
        await simulation.save()
        return view

    @router.put("/clock")
    async def put(setting: ClockSetting) -> ClockView:
        now = simulation.bring_up_to_date()
        if setting.now is not None and setting.now < now:
            raise HTTPException(422, f"now must not be before the market's {now.isoformat()}; it only moves forward.")
        if setting.now is not None and setting.now > now + LONGEST_JUMP:
            furthest = day_of(now + LONGEST_JUMP)
            raise HTTPException(
                422, f"now must be at most {furthest}: one call passes {LONGEST_JUMP.days} days; jump again from there."
            )
        if setting.now is not None and not is_trading_day(day_of(setting.now), simulation.state.calendar):
            raise HTTPException(422, f"{setting.now.date()} is not a trading day; choose one.")
        return _view(simulation, await simulation.set_clock(now=setting.now, rate=setting.rate))

    @router.post("/clock/next-day")
    async def next_day(body: NextDay | None = None) -> ClockView:
        moment = (body or NextDay()).time
        return _view(simulation, await simulation.next_day(moment))

    return router


def _view(simulation: Simulation, clock: MarketClock) -> ClockView:
    state = simulation.state
    return ClockView(
        anchor_wall=clock.anchor_wall,
        anchor_market=clock.anchor_market.astimezone(VIETNAM),
        rate=clock.rate,
        version=clock.version,
        now=state.now.astimezone(VIETNAM),
        trading_date=state.trading_date.isoformat(),
        phases={exchange: state.phase_of(exchange).value for exchange in Exchange},
    )
