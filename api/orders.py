"""Orders over HTTP: place, list, look at."""

from datetime import UTC, datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import ETAG, LOCATION, ONE_ORDER_PROBLEMS, READ_PROBLEMS, REPLAYED, answer, etag
from api.authentication import CallerOf, TraderOf
from api.finding import Booked, Found, Undecided, Unread, detail_of, find_order, latest_of
from api.json_bodies import ExactRoute
from api.ledger_port import DatabaseUnavailable, within
from api.order_bodies import (
    BRIEF_EXAMPLE,
    CLIENT_ORDER_ID,
    SYMBOL,
    Amendment,
    ExecutionBody,
    ExecutionList,
    OrderBody,
    OrderDetail,
    OrderList,
    PlaceOrderBody,
    Source,
    amendments,
)
from api.placement import placement, placement_answer
from api.placing import place_order
from api.problems import ProblemCode, problem_responses
from api.request_headers import IdempotencyKey
from api.resources import Deadline, DeadlineOf, Resources, ResourcesOf
from market.vocabulary import Side
from orders.status import Status

router = APIRouter(prefix="/orders", tags=["orders"], route_class=ExactRoute)


class OrderFilter(BaseModel):
    """Which orders to list; `status` may be given several times."""

    model_config = ConfigDict(extra="forbid")

    status: Annotated[list[Status], Field(default_factory=list)]
    symbol: Annotated[str | None, Field(pattern=SYMBOL)] = None
    side: Side | None = None
    account_id: str | None = None
    client_order_id: Annotated[str | None, Field(pattern=CLIENT_ORDER_ID)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_=.:-]{1,200}$")] = None


@router.post(
    "",
    status_code=201,
    response_model=OrderBody,
    summary="Place an order",
    responses={
        201: {"description": "Accepted: `progress` says how far it got.", "headers": {**LOCATION, **ETAG}},
        200: {"model": OrderBody, "description": "The order existed: its state now.", "headers": {**REPLAYED, **ETAG}},
        202: {"model": OrderBody, "description": "Received; no verdict in time.", "headers": {**LOCATION}},
        **problem_responses(
            *READ_PROBLEMS,
            ProblemCode.MALFORMED_JSON,
            ProblemCode.ACCOUNT_AMBIGUOUS,
            ProblemCode.ROLE_MAY_NOT_TRADE,
            ProblemCode.ACCOUNT_NOT_FOUND,
            ProblemCode.CLIENT_ORDER_ID_TAKEN,
            ProblemCode.ORDER_ENDED_UNDECIDED,
            ProblemCode.BODY_TOO_LARGE,
            ProblemCode.NOT_JSON,
            ProblemCode.ORDER_DENIED,
            ProblemCode.IDEMPOTENCY_KEY_REUSED,
            ProblemCode.NO_ANSWER,
        ),
    },
)
async def place(
    request: Request,
    caller: TraderOf,
    body: Annotated[
        PlaceOrderBody,
        Body(openapi_examples={"limit_buy": {"summary": "Buy 100 VIC at 85,500 VND", "value": BRIEF_EXAMPLE}}),
    ],
    resources: ResourcesOf,
    deadline: DeadlineOf,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Answers within 3 seconds. Repeating a request with the same identity never makes a second order."""
    placed = placement(body, caller, idempotency_key, request.state.request_id, resources.default_market)
    command = placed.command
    structlog.contextvars.bind_contextvars(order_id=command.order_id, account_id=command.account_id)
    outcome = await place_order(command, resources.gateway, resources.ledger, deadline, resources.patience)
    return await placement_answer(request, placed, outcome, resources, deadline)


@router.get(
    "",
    response_model=OrderList,
    summary="List orders, newest first",
    responses=problem_responses(*READ_PROBLEMS, ProblemCode.ACCOUNT_NOT_FOUND),
)
async def list_orders(chosen: Annotated[OrderFilter, Query()], caller: CallerOf, resources: ResourcesOf) -> Response:
    accounts = caller.accounts if chosen.account_id is None else frozenset({caller.account(chosen.account_id)})
    page = await within(
        resources.patience.database,
        resources.ledger.orders(
            tuple(sorted(accounts)),
            status=frozenset(chosen.status) or None,
            symbol=chosen.symbol,
            side=chosen.side,
            client_order_id=chosen.client_order_id,
            cursor=chosen.cursor,
            limit=chosen.limit,
        ),
    )
    now = datetime.now(UTC)
    orders = [OrderBody.of_stored(stored, Source.LEDGER, now) for stored in page.orders]
    return answer(OrderList(orders=orders, next_cursor=page.next_cursor))


@router.get(
    "/{order_id}",
    response_model=OrderDetail,
    summary="One order",
    responses={
        200: {"headers": {**ETAG}},
        **problem_responses(*ONE_ORDER_PROBLEMS, ProblemCode.NO_ANSWER),
    },
)
async def get_order(order_id: str, caller: CallerOf, resources: ResourcesOf, deadline: DeadlineOf) -> Response:
    """A live order is answered by its workflow, a closed one by the ledger: `source` says which."""
    latest = await latest_of(await find_order(order_id, caller, resources, deadline), resources, deadline)
    body = detail_of(latest)
    body.amendments = await _amendments(latest, resources, deadline)
    return answer(body, headers={"ETag": etag(body.version)})


async def _amendments(found: Found, resources: Resources, deadline: Deadline) -> list[Amendment]:
    """Who asked is the ledger's to tell: while it cannot be read, only what was asked is known."""
    order = found.stored.order if isinstance(found, Booked) else None
    if order is None or order.last_amend is None:
        return []
    seconds = deadline.within(resources.patience.database)
    try:
        wishes = await within(seconds, resources.ledger.amend_wishes(order.order_id))
    except DatabaseUnavailable:
        wishes = ()
    return amendments(order, {wish.intent_id: wish for wish in wishes})


@router.get(
    "/{order_id}/executions",
    response_model=ExecutionList,
    summary="The fills of one order",
    responses=problem_responses(*ONE_ORDER_PROBLEMS, ProblemCode.NO_ANSWER),
)
async def list_executions(order_id: str, caller: CallerOf, resources: ResourcesOf, deadline: DeadlineOf) -> Response:
    found = await find_order(order_id, caller, resources, deadline)
    if isinstance(found, Undecided):
        return answer(ExecutionList(order_id=found.run.order_id, executions=[]))
    if isinstance(found, Unread):
        raise DatabaseUnavailable
    named = found.stored.order.order_id
    rows = await within(deadline.within(resources.patience.database), resources.ledger.executions(named))
    executions = [
        ExecutionBody(
            execution_id=row.execution_id,
            quantity=row.quantity,
            price=row.price,
            value_vnd=row.value,
            executed_at=row.executed_at,
            commission_vnd=row.commission,
            tax_vnd=row.tax,
            provisional=row.provisional,
            superseded=row.superseded,
            aggregate=row.aggregate,
        )
        for row in rows
    ]
    return answer(ExecutionList(order_id=named, executions=executions))
