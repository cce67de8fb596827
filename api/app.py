"""The FastAPI application over its resources."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, FastAPI

from api import (
    account_acts,
    accounts,
    alerts,
    broker_access,
    calendar,
    health,
    instrument_words,
    instruments,
    openapi,
    order_changes,
    orders,
    positions,
    previewing,
    problem_handlers,
)
from api.request_context import RequestContext
from api.resources import Resources

PREFIX = "/api/v1"

# A preview's path before the orders', which would take its name for an order's id.
_NOUNS = (
    previewing,
    orders,
    order_changes,
    positions,
    accounts,
    account_acts,
    alerts,
    calendar,
    instruments,
    instrument_words,
    broker_access,
)


def create_app(resources: Resources) -> FastAPI:
    """The API under `/api/v1`, health at the root, the description at `/docs`."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await resources.start()
        try:
            yield
        finally:
            await resources.stop()

    app = FastAPI(
        title="Order management",
        version=version("order-management"),
        lifespan=lifespan,
        redirect_slashes=False,
        swagger_ui_parameters={"persistAuthorization": True},
    )
    app.state.resources = resources
    app.add_middleware(RequestContext)
    problem_handlers.install(app)
    openapi.install(app)
    nouns = APIRouter(prefix=PREFIX)
    for noun in _NOUNS:
        nouns.include_router(noun.router)
    app.include_router(nouns)
    app.include_router(health.router)
    return app
