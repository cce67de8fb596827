"""From an HTTP request to a placement command, and from its outcome back to an answer."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import assert_never
from uuid import uuid4

from fastapi import Request, Response

from api.answers import answer, etag
from api.authentication import Caller
from api.differences import differences
from api.ledger_port import read_row
from api.order_bodies import OrderBody, PlaceOrderBody, Source
from api.order_gateway import OrderRun
from api.placing import Decided, EndedUndecided, OtherBody, PlaceOutcome, Received, Unanswered
from api.problems import KINDS, ProblemCode, problem_response, rule_violations
from api.resources import Deadline, Resources
from market.vocabulary import Exchange
from orders.commands import PlaceOrder
from orders.identity import fingerprint, order_id_for, order_id_for_key
from orders.stored import StoredOrder

ORDERS_PATH = "/api/v1/orders"


@dataclass(frozen=True, slots=True)
class Placement:
    """A command with what named it: the client's id, or only an `Idempotency-Key`."""

    command: PlaceOrder
    named_by_key: bool


def placement(
    body: PlaceOrderBody, caller: Caller, idempotency_key: str | None, request_id: str, default_market: Exchange
) -> Placement:
    """The command with its identity.

    A key alone is turned into a client order id first: repeating the request with the client order id that the
    answer showed finds the same order.
    """
    account_id = caller.account(body.account_id)
    terms = body.terms(default_market)
    by_key = body.client_order_id is None and idempotency_key is not None
    client_order_id = body.client_order_id or (
        str(uuid4()) if idempotency_key is None else order_id_for_key(caller.user, account_id, idempotency_key)
    )
    command = PlaceOrder(
        order_id=order_id_for(account_id, client_order_id),
        account_id=account_id,
        client_order_id=client_order_id,
        user=caller.user,
        request_id=request_id,
        fingerprint=fingerprint(account_id, terms, *body.wishes),
        terms=terms,
        received_at=datetime.now(UTC),
        max_delay_seconds=body.delay_seconds,
        queue_next_day=body.queue_next_day,
        idempotency_key=idempotency_key or "",
    )
    return Placement(command, by_key)


async def placement_answer(
    request: Request, placed: Placement, outcome: PlaceOutcome, resources: Resources, deadline: Deadline
) -> Response:
    command = placed.command
    location = {"Location": f"{ORDERS_PATH}/{command.order_id}"}
    match outcome:
        case Decided(replayed=True):
            latest = await _latest(outcome.stored, resources, deadline)
            return _verdict(request, latest, {**location, "Idempotent-Replayed": "true"}, 200)
        case Decided():
            body = OrderBody.of_stored(outcome.stored, Source.WORKFLOW, datetime.now(UTC))
            return _verdict(request, (outcome.stored, body), location, 201)
        case Received():
            body = OrderBody.of_run(outcome.run, datetime.now(UTC))
            return answer(body, 202, {**location, "ETag": etag(body.version)})
        case OtherBody():
            return _other_body(request, placed, outcome)
        case EndedUndecided():
            detail = KINDS[ProblemCode.ORDER_ENDED_UNDECIDED].example
            return problem_response(request, ProblemCode.ORDER_ENDED_UNDECIDED, detail, order_id=command.order_id)
        case Unanswered():
            return _unanswered(request, command)
        case _:
            assert_never(outcome)


async def _latest(stored: StoredOrder, resources: Resources, deadline: Deadline) -> tuple[StoredOrder, OrderBody]:
    """A repeated update returns the first answer; what the order has become since is in its row."""
    row = await read_row(deadline.left(), resources.ledger, stored.order.order_id)
    if not isinstance(row, StoredOrder) or row.version < stored.version:
        return stored, OrderBody.of_stored(stored, Source.WORKFLOW, stored.updated_at)
    return row, OrderBody.of_stored(row, Source.LEDGER, datetime.now(UTC))


def _verdict(
    request: Request, found: tuple[StoredOrder, OrderBody], headers: dict[str, str], accepted_status: int
) -> Response:
    stored, body = found
    headers = {**headers, "ETag": etag(body.version)}
    if stored.verdict.accepted:
        return answer(body, accepted_status, headers)
    return problem_response(
        request,
        ProblemCode.ORDER_DENIED,
        " ".join(violation.message for violation in stored.verdict.violations),
        order_id=body.order_id,
        client_order_id=body.client_order_id,
        violations=rule_violations(stored.verdict.violations),
        headers=headers,
    )


def _other_body(request: Request, placed: Placement, outcome: OtherBody) -> Response:
    command, first = placed.command, outcome.first
    if outcome.named_by_key or placed.named_by_key:
        code, name = ProblemCode.IDEMPOTENCY_KEY_REUSED, "The Idempotency-Key"
    else:
        code, name = ProblemCode.CLIENT_ORDER_ID_TAKEN, f"client_order_id {command.client_order_id}"
    differing = [] if first is None else differences(command, first)
    said = "".join(f" {each.message}." for each in differing)
    order_id = _order_id(first) or command.order_id
    path = f"{ORDERS_PATH}/{order_id}"
    return problem_response(
        request,
        code,
        f"{name} was first used with another body; nothing was sent. The first order is at {path}.{said}",
        order_id=order_id,
        violations=differing,
        headers={"Location": path},
    )


def _order_id(first: StoredOrder | OrderRun | None) -> str | None:
    return first.order.order_id if isinstance(first, StoredOrder) else None if first is None else first.order_id


def _unanswered(request: Request, command: PlaceOrder) -> Response:
    detail = (
        f"It is not known whether the order was received. Repeat the same request with client_order_id "
        f"{command.client_order_id}, or with the same Idempotency-Key if it had one: it cannot make a second order."
    )
    return problem_response(
        request,
        ProblemCode.NO_ANSWER,
        detail,
        order_id=command.order_id,
        client_order_id=command.client_order_id,
    )
