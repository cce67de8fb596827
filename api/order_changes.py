"""Changing an order over HTTP: amend and cancel, both durable, idempotent, and bounded in time."""

from datetime import UTC, datetime
from typing import Annotated, assert_never

from fastapi import APIRouter, Body, Request, Response

from api.amending import AmendDenied, amend_order
from api.answers import ETAG, ONE_ORDER_PROBLEMS, answer, etag
from api.authentication import TraderOf
from api.cancelling import cancel_order
from api.change_bodies import PRICE_EXAMPLE, QUANTITY_EXAMPLE, AmendBody, ChangeBody, ChangeOutcome
from api.changing import ChangeAnswer, intent_id_for, named_order
from api.finding import Booked, Found, find_order, run_body
from api.json_bodies import ExactRoute
from api.order_bodies import OrderBody
from api.order_gateway import NoAnswer
from api.problems import ProblemCode, problem_response, problem_responses, rule_violations
from api.request_headers import IdempotencyKey, IfMatch, require_version
from api.resources import DeadlineOf, ResourcesOf
from orders.commands import AmendOrder, CancelOrder
from orders.order import Action

router = APIRouter(prefix="/orders", tags=["orders"], route_class=ExactRoute)

_CHANGE_PROBLEMS = (
    ProblemCode.INVALID_REQUEST,
    *ONE_ORDER_PROBLEMS,
    ProblemCode.ROLE_MAY_NOT_TRADE,
    ProblemCode.VERSION_STALE,
    ProblemCode.NO_ANSWER,
)


@router.put(
    "/{order_id}",
    response_model=ChangeBody,
    summary="Amend the price or the quantity of an order",
    responses={
        200: {"description": "`outcome` says what became of it.", "headers": {**ETAG}},
        202: {"model": ChangeBody, "description": "Asked for; no outcome in time.", "headers": {**ETAG}},
        **problem_responses(
            *_CHANGE_PROBLEMS,
            ProblemCode.MALFORMED_JSON,
            ProblemCode.AMEND_NOT_ALLOWED_IN_PHASE,
            ProblemCode.CHANGE_OPEN,
            ProblemCode.BODY_TOO_LARGE,
            ProblemCode.NOT_JSON,
            ProblemCode.AMEND_DENIED,
            ProblemCode.IDEMPOTENCY_KEY_REUSED,
        ),
    },
)
async def amend(
    request: Request,
    order_id: str,
    caller: TraderOf,
    body: Annotated[
        AmendBody,
        Body(
            openapi_examples={
                "price": {"summary": "Another price: 85,600 VND", "value": PRICE_EXAMPLE},
                "quantity": {"summary": "300 shares in all", "value": QUANTITY_EXAMPLE},
            }
        ),
    ],
    resources: ResourcesOf,
    deadline: DeadlineOf,
    idempotency_key: IdempotencyKey = None,
    if_match: IfMatch = None,
) -> Response:
    """One change at a time, of one thing. The order has its new terms once `outcome` is `done`, not before."""
    found = await find_order(order_id, caller, resources, deadline)
    named = named_order(found)
    intent_id = intent_id_for(Action.AMEND, named, caller.user, idempotency_key)
    require_version(found, if_match, intent_id)
    wish = AmendOrder(named, intent_id, caller.user, datetime.now(UTC), body.price, body.quantity)
    outcome = await amend_order(wish, found, resources, deadline)
    match outcome:
        case ChangeAnswer():
            return _change_answer(outcome, found)
        case AmendDenied():
            return _denied(request, named, outcome)
        case NoAnswer():
            return _unanswered(request, named, "amendment")
        case _:
            assert_never(outcome)


@router.delete(
    "/{order_id}",
    response_model=ChangeBody,
    summary="Cancel what is left of an order",
    responses={
        200: {"description": "`outcome` says what became of it.", "headers": {**ETAG}},
        202: {"model": ChangeBody, "description": "Asked for; no outcome in time.", "headers": {**ETAG}},
        **problem_responses(*_CHANGE_PROBLEMS, ProblemCode.CANCEL_NOT_ALLOWED_IN_PHASE),
    },
)
async def cancel(
    request: Request,
    order_id: str,
    caller: TraderOf,
    resources: ResourcesOf,
    deadline: DeadlineOf,
    idempotency_key: IdempotencyKey = None,
    if_match: IfMatch = None,
) -> Response:
    """Idempotent: one open cancel serves every further press, and a closed order answers at once."""
    found = await find_order(order_id, caller, resources, deadline)
    named = named_order(found)
    intent_id = intent_id_for(Action.CANCEL, named, caller.user, idempotency_key)
    require_version(found, if_match, intent_id)
    wish = CancelOrder(named, intent_id, caller.user, datetime.now(UTC))
    outcome = await cancel_order(wish, found, resources, deadline)
    if isinstance(outcome, NoAnswer):
        return _unanswered(request, named, "cancel")
    return _change_answer(outcome, found)


def _denied(request: Request, order_id: str, denied: AmendDenied) -> Response:
    return problem_response(
        request,
        denied.code,
        denied.detail,
        order_id=order_id,
        violations=rule_violations(denied.violations),
        headers=None if denied.booked is None else {"ETag": etag(denied.booked.stored.version)},
    )


def _unanswered(request: Request, order_id: str, change: str) -> Response:
    detail = f"It is not known whether the {change} was received; repeat the same request."
    return problem_response(request, ProblemCode.NO_ANSWER, detail, order_id=order_id)


def _change_answer(changed: ChangeAnswer, found: Found) -> Response:
    order = _changed_order(changed.booked or found)
    body = ChangeBody(outcome=changed.known.outcome, reason=changed.known.reason, order=order)
    status = 202 if body.outcome is ChangeOutcome.PENDING else 200
    return answer(body, status, {} if order is None else {"ETag": etag(order.version)})


def _changed_order(latest: Found) -> OrderBody | None:
    if isinstance(latest, Booked):
        return OrderBody.of_stored(latest.stored, latest.source, datetime.now(UTC))
    return run_body(latest)
