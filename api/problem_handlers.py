"""Turns every failure of the framework into one of our problems."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.ledger_port import DatabaseUnavailable
from api.problems import KINDS, ProblemCode, ProblemRaised, ProblemViolation, problem_response
from ledger.reads.orders import BadCursorError

_LONGEST_GIVEN = 100
_PLACES = frozenset({"body", "query", "path", "header"})
_BODY_IS_NOT_AN_OBJECT = frozenset({"model_attributes_type", "model_type", "dict_type"})


def install(app: FastAPI) -> None:
    app.add_exception_handler(ProblemRaised, _raised)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(DatabaseUnavailable, _database)
    app.add_exception_handler(BadCursorError, _cursor)


async def _raised(request: Request, error: Exception) -> Response:
    problem = cast("ProblemRaised", error)
    return problem_response(
        request, problem.code, problem.detail, violations=problem.violations, headers=problem.headers
    )


async def _database(request: Request, _error: Exception) -> Response:
    return problem_response(request, ProblemCode.DATABASE_UNAVAILABLE, KINDS[ProblemCode.DATABASE_UNAVAILABLE].example)


async def _cursor(request: Request, error: Exception) -> Response:
    wrong = ProblemViolation(
        code="bad_cursor",
        field="cursor",
        message="is not a cursor",
        given=shown(request.query_params.get("cursor")),
        allowed="the next_cursor of the page before",
    )
    return problem_response(request, ProblemCode.INVALID_REQUEST, f"{error}.", violations=[wrong])


async def _framework(request: Request, error: Exception) -> Response:
    failure = cast("HTTPException", error)
    if failure.status_code == KINDS[ProblemCode.METHOD_NOT_ALLOWED].status:
        allowed = (failure.headers or {}).get("Allow", "")
        detail = f"{request.method} is not offered at {request.url.path}; {allowed} is."
        return problem_response(request, ProblemCode.METHOD_NOT_ALLOWED, detail, headers=failure.headers)
    if failure.status_code == KINDS[ProblemCode.NOT_FOUND].status:
        return problem_response(request, ProblemCode.NOT_FOUND, f"Nothing is at {request.url.path}.")
    return problem_response(request, ProblemCode.INVALID_REQUEST, failure.detail, headers=failure.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    details = cast("RequestValidationError", error).errors()
    first = details[0]
    if first["type"] == "json_invalid":
        return problem_response(request, ProblemCode.MALFORMED_JSON, f"The body is not JSON: {first['ctx']['error']}.")
    if first["loc"] == ("body",) and first["type"] in _BODY_IS_NOT_AN_OBJECT and isinstance(first["input"], bytes):
        given = request.headers.get("content-type", "none")
        detail = f"Content-Type was {given[:_LONGEST_GIVEN]}; send application/json."
        return problem_response(request, ProblemCode.NOT_JSON, detail)
    hidden = getattr(request.state, "is_secret", False)
    violations = [_violation(detail, hidden=hidden) for detail in details]
    text = " ".join(f"{violation.field} {violation.message}." for violation in violations)
    return problem_response(request, ProblemCode.INVALID_REQUEST, text, violations=violations)


def _violation(detail: Mapping[str, Any], *, hidden: bool) -> ProblemViolation:
    context = detail.get("ctx", {})
    place = [str(part) for part in detail["loc"] if part not in _PLACES]
    missing = detail["type"] == "missing"
    return ProblemViolation(
        code=detail["type"],
        field=printable(".".join(place)) or "body",
        message=_message(detail),
        given=None if missing or hidden else shown(detail.get("input")),
        allowed=context.get("allowed") or context.get("expected") or _bounds(context),
    )


def _message(detail: Mapping[str, Any]) -> str:
    match detail["type"]:
        case "missing":
            return "is required"
        case "extra_forbidden":
            return "is not a field of this request"
        case _:
            message = str(detail["msg"])
            return message.removeprefix("Value error, ").replace("Input should", "should", 1)


def _bounds(context: Mapping[str, Any]) -> str | None:
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    lengths = {"min_length": "at least {} characters", "max_length": "at most {} characters", "pattern": "like {}"}
    found = [f"{word} {context[name]}" for name, word in words.items() if name in context]
    found += [text.format(context[name]) for name, text in lengths.items() if name in context]
    return " and ".join(found) or None


def shown(value: object) -> int | float | str | bool | None:
    """What was given, short and safe to print back."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    if isinstance(value, int | Decimal):
        return f"{value}"[:_LONGEST_GIVEN]
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return printable(text)


def printable(text: str) -> str:
    """Lone surrogates, which JSON may carry and UTF-8 may not, become question marks."""
    return text[:_LONGEST_GIVEN].encode(errors="replace").decode()
