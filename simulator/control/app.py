"""The control API put together, with its OpenAPI page at `/control/docs`."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from simulator.control.account_routes import account_routes
from simulator.control.broker_routes import broker_routes
from simulator.control.calendar_routes import calendar_routes
from simulator.control.clock_routes import clock_routes
from simulator.control.corporate_action_routes import corporate_action_routes
from simulator.control.fault_routes import fault_routes
from simulator.control.login_routes import login_routes
from simulator.control.market_routes import market_routes
from simulator.control.page_routes import page_routes
from simulator.control.parts import Parts
from simulator.control.phase_routes import phase_routes
from simulator.control.settings_routes import settings_routes
from simulator.control.surprise_routes import surprise_routes
from simulator.plain_json import as_plain_json


def control_application(parts: Parts) -> FastAPI:
    control = FastAPI(title="SSI simulator control", description="Prices and money in VND, quantities in shares.")
    control.add_exception_handler(Exception, _failed)

    @control.exception_handler(RequestValidationError)
    async def refused(_: Request, problem: RequestValidationError) -> JSONResponse:
        """FastAPI's own answer repeats the input, which may hold what JSON cannot."""
        return JSONResponse({"detail": as_plain_json(problem.errors())}, 422)

    @control.get("/health", tags=["health"])
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    control.include_router(page_routes())
    control.include_router(clock_routes(parts.simulation))
    control.include_router(calendar_routes(parts.simulation))
    control.include_router(phase_routes(parts.simulation))
    control.include_router(market_routes(parts.simulation))
    control.include_router(corporate_action_routes(parts.simulation))
    control.include_router(account_routes(parts.simulation))
    control.include_router(broker_routes(parts.simulation, parts.received))
    control.include_router(surprise_routes(parts.simulation))
    control.include_router(fault_routes(parts))
    control.include_router(settings_routes(parts.simulation))
    control.include_router(login_routes(parts.one_time_codes))
    return control


async def _failed(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"detail": "Internal Server Error; the simulator's log says more."}, 500)
