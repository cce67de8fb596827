"""Everything the API can refuse, as RFC 9457 problems with one stable code each (API-17, API-18)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fastapi import HTTPException, Request, Response
from pydantic import BaseModel, Field

from market.code_meanings import UNITS
from market.violations import Violation

MEDIA_TYPE = "application/problem+json"


class ProblemCode(StrEnum):
    """Every code; `KINDS` has its status, title and an example of its detail."""

    INVALID_REQUEST = "invalid_request"
    MALFORMED_JSON = "malformed_json"
    ACCOUNT_AMBIGUOUS = "account_ambiguous"
    CONNECTION_AMBIGUOUS = "connection_ambiguous"
    NO_TOKEN = "no_token"  # noqa: S105 a code, not a secret
    INVALID_TOKEN = "invalid_token"  # noqa: S105 a code, not a secret
    ROLE_MAY_NOT_TRADE = "role_may_not_trade"
    OPERATOR_ONLY = "operator_only"
    NOT_FOUND = "not_found"
    ORDER_NOT_FOUND = "order_not_found"
    ACCOUNT_NOT_FOUND = "account_not_found"
    POSITION_NOT_FOUND = "position_not_found"
    INSTRUMENT_NOT_FOUND = "instrument_not_found"
    CONNECTION_NOT_FOUND = "connection_not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    CLIENT_ORDER_ID_TAKEN = "client_order_id_taken"
    ORDER_ENDED_UNDECIDED = "order_ended_undecided"
    CANCEL_NOT_ALLOWED_IN_PHASE = "cancel_not_allowed_in_phase"
    AMEND_NOT_ALLOWED_IN_PHASE = "amend_not_allowed_in_phase"
    CHANGE_OPEN = "change_open"
    CODE_NOT_NEEDED = "code_not_needed"
    VERSION_STALE = "version_stale"
    BODY_TOO_LARGE = "body_too_large"
    NOT_JSON = "not_json"
    ORDER_DENIED = "order_denied"
    AMEND_DENIED = "amend_denied"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    UNEXPECTED = "unexpected"
    NO_ANSWER = "no_answer"
    LOAD_NOT_STARTED = "load_not_started"
    DATABASE_UNAVAILABLE = "database_unavailable"
    CLOCK_UNAVAILABLE = "clock_unavailable"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """What every problem of one code has in common; `retry_after` in seconds."""

    status: int
    title: str
    example: str
    retry_after: int | None = None


KINDS: Mapping[ProblemCode, ProblemKind] = {
    ProblemCode.INVALID_REQUEST: ProblemKind(
        400, "The request has wrong or unknown fields", "quantity must be a whole number of shares."
    ),
    ProblemCode.MALFORMED_JSON: ProblemKind(400, "The body is not JSON", "Expecting value at character 12."),
    ProblemCode.ACCOUNT_AMBIGUOUS: ProblemKind(
        400, "The account must be named", "You may use 0901351, 0901356: name one in account_id."
    ),
    ProblemCode.CONNECTION_AMBIGUOUS: ProblemKind(
        400, "The broker connection must be named", "Name one in connection_id: there are desk-1, desk-2."
    ),
    ProblemCode.NO_TOKEN: ProblemKind(401, "A bearer token is needed", "Send Authorization: Bearer <token>."),
    ProblemCode.INVALID_TOKEN: ProblemKind(401, "The token is not valid", "The token has expired: get a new one."),
    ProblemCode.ROLE_MAY_NOT_TRADE: ProblemKind(
        403, "The role may only read", "Role viewer may not trade; trader and operator may."
    ),
    ProblemCode.OPERATOR_ONLY: ProblemKind(
        403, "Only an operator may do this", "Role trader may not do this; operator may."
    ),
    ProblemCode.NOT_FOUND: ProblemKind(404, "There is nothing at this address", "Nothing is at /api/v1/orderz."),
    ProblemCode.ORDER_NOT_FOUND: ProblemKind(404, "No such order", "You have no order with this id."),
    ProblemCode.ACCOUNT_NOT_FOUND: ProblemKind(404, "No such account", "You may use 0901351."),
    ProblemCode.CONNECTION_NOT_FOUND: ProblemKind(
        404, "No such broker connection", "No such connection; there are desk-1, desk-2."
    ),
    ProblemCode.POSITION_NOT_FOUND: ProblemKind(404, "No such position", "Account 0901351 has no position in VIC."),
    ProblemCode.INSTRUMENT_NOT_FOUND: ProblemKind(
        404, "No reference data of today", "Nothing is known of ABC on 2026-11-23; yesterday's data are never used."
    ),
    ProblemCode.METHOD_NOT_ALLOWED: ProblemKind(
        405, "The method does not exist here", "PATCH is not offered here; GET, POST are."
    ),
    ProblemCode.CLIENT_ORDER_ID_TAKEN: ProblemKind(
        409,
        "The client order id belongs to another order",
        "client_order_id my-1 was first used with another body; nothing was sent.",
    ),
    ProblemCode.ORDER_ENDED_UNDECIDED: ProblemKind(
        409,
        "The order's process was ended before a verdict",
        "An operator ended this order before it was checked; nothing was sent. Use a new client_order_id.",
    ),
    ProblemCode.CANCEL_NOT_ALLOWED_IN_PHASE: ProblemKind(
        409,
        "The exchange takes no cancel in this phase",
        "LO on HOSE cannot be cancelled in this phase; it can be from 2026-11-23T13:00+07:00.",
    ),
    ProblemCode.AMEND_NOT_ALLOWED_IN_PHASE: ProblemKind(
        409,
        "The exchange takes no amendment in this phase",
        "LO on HOSE cannot be amended in this phase; it can be from 2026-11-23T13:00+07:00.",
    ),
    ProblemCode.CHANGE_OPEN: ProblemKind(
        409,
        "Another change of the order is open",
        "Another amendment of this order is open; ask again once it has an outcome.",
    ),
    ProblemCode.CODE_NOT_NEEDED: ProblemKind(
        409,
        "The connection signs in without one-time codes",
        "Connection ssi signs in by PIN and never needs a one-time code.",
    ),
    ProblemCode.VERSION_STALE: ProblemKind(412, "The order has changed", "The order is at version 7, not 5."),
    ProblemCode.BODY_TOO_LARGE: ProblemKind(413, "The body is too large", "The body has more than 16384 bytes."),
    ProblemCode.NOT_JSON: ProblemKind(415, "The body must be JSON", "Send Content-Type: application/json."),
    ProblemCode.ORDER_DENIED: ProblemKind(
        422, "The order breaks a rule", "85,550 VND is not a multiple of the tick of 100 VND."
    ),
    ProblemCode.AMEND_DENIED: ProblemKind(
        422, "The amendment breaks a rule", "200 shares have traded, so the quantity must stay above that."
    ),
    ProblemCode.IDEMPOTENCY_KEY_REUSED: ProblemKind(
        422, "The Idempotency-Key belongs to another request", "The key was first used with another body."
    ),
    ProblemCode.UNEXPECTED: ProblemKind(500, "Something unexpected happened", "Quote the request id when you ask."),
    ProblemCode.NO_ANSWER: ProblemKind(
        503, "The order system did not answer", "Repeat the same request: it cannot make a second order.", 2
    ),
    ProblemCode.LOAD_NOT_STARTED: ProblemKind(
        503, "The load could not be asked for", "Repeat the same request: loading twice changes nothing.", 2
    ),
    ProblemCode.DATABASE_UNAVAILABLE: ProblemKind(503, "The database does not answer", "Try again shortly.", 2),
    ProblemCode.CLOCK_UNAVAILABLE: ProblemKind(503, "The market clock does not answer", "Try again shortly.", 2),
}


class ProblemViolation(BaseModel):
    """One broken rule of an order (`code`, `rule`, both languages) or one wrong field of a request (`field`).

    `given`, `allowed` and `nearest` are in `unit`: `VND` (not thousands) or `shares`; words have none.
    """

    code: str
    message: str
    field: str | None = None
    rule: str | None = None
    message_vi: str | None = None
    given: int | float | str | bool | None = None
    allowed: int | str | list[str] | None = None
    nearest: list[int] | None = None
    unit: str | None = None


class Problem(BaseModel):
    """RFC 9457 problem details; `code` is stable and `type` is made from it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: ProblemCode
    request_id: str
    order_id: str | None = None
    client_order_id: str | None = None
    violations: list[ProblemViolation] = Field(default_factory=list)


class ProblemRaised(HTTPException):
    """Ends a request with a problem from wherever it is found, above all from dependencies."""

    def __init__(
        self,
        code: ProblemCode,
        detail: str,
        *,
        violations: Sequence[ProblemViolation] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(KINDS[code].status, detail, dict(headers or {}))
        self.code = code
        self.violations = violations


def problem_type(code: ProblemCode) -> str:
    return f"urn:oms:problem:{code.value.replace('_', '-')}"


def problem_response(
    request: Request,
    code: ProblemCode,
    detail: str,
    *,
    order_id: str | None = None,
    client_order_id: str | None = None,
    violations: Sequence[ProblemViolation] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer for one problem, with `Retry-After` where waiting helps."""
    kind = KINDS[code]
    problem = Problem(
        type=problem_type(code),
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=request.url.path,
        code=code,
        request_id=request.state.request_id,
        order_id=order_id,
        client_order_id=client_order_id,
        violations=list(violations),
    )
    waiting = {} if kind.retry_after is None else {"Retry-After": str(kind.retry_after)}
    return Response(
        problem.model_dump_json(exclude_none=True),
        status_code=kind.status,
        media_type=MEDIA_TYPE,
        headers={**waiting, **(headers or {})},
    )


def problem_responses(*codes: ProblemCode) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of an endpoint: each status with an example per code."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        kind = KINDS[code]
        response = found.setdefault(
            kind.status,
            {
                "description": kind.title,
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}},
            },
        )
        response["content"][MEDIA_TYPE]["examples"][code.value] = {"summary": kind.title, "value": _example(code)}
    return found


def rule_violations(violations: Iterable[Violation]) -> list[ProblemViolation]:
    """The rules that an order breaks, in the words of the verdict."""
    return [
        ProblemViolation(
            code=violation.code.value,
            rule=violation.rule,
            message=violation.message,
            message_vi=violation.message_vi,
            given=violation.given,
            allowed=violation.allowed,
            nearest=list(violation.nearest) or None,
            unit=UNITS.get(violation.code),
        )
        for violation in violations
    ]


def _example(code: ProblemCode) -> dict[str, Any]:
    kind = KINDS[code]
    return {
        "type": problem_type(code),
        "title": kind.title,
        "status": kind.status,
        "detail": kind.example,
        "instance": "/api/v1/orders",
        "code": code.value,
        "request_id": "0f9c2b1e7a5d4c8f",
        "violations": [],
    }
