"""The control API put together, with its OpenAPI page at `/control/docs`."""

from fastapi import FastAPI

from simulator.control.account_routes import account_routes
from simulator.control.broker_routes import broker_routes
from simulator.control.calendar_routes import calendar_routes
from simulator.control.clock_routes import clock_routes
from simulator.control.fault_routes import fault_routes
from simulator.control.login_routes import login_routes
from simulator.control.market_routes import market_routes
from simulator.control.page_routes import page_routes
from simulator.control.parts import Parts
from simulator.control.phase_routes import phase_routes
from simulator.control.settings_routes import settings_routes
from simulator.control.surprise_routes import surprise_routes


def control_application(parts: Parts) -> FastAPI:
    control = FastAPI(title="SSI simulator control", description="Prices and money in VND, quantities in shares.")

    @control.get("/health", tags=["health"])
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    control.include_router(page_routes())
    control.include_router(clock_routes(parts.simulation))
    control.include_router(calendar_routes(parts.simulation))
    control.include_router(phase_routes(parts.simulation))
    control.include_router(market_routes(parts.simulation))
    control.include_router(account_routes(parts.simulation))
    control.include_router(broker_routes(parts.simulation, parts.received))
    control.include_router(surprise_routes(parts.simulation))
    control.include_router(fault_routes(parts))
    control.include_router(settings_routes(parts.simulation))
    control.include_router(login_routes(parts.one_time_codes))
    return control
