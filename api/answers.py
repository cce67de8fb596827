"""Answers that are not problems, and the problems that nearly every endpoint shares."""

from collections.abc import Mapping
from typing import Any

from fastapi import Response
from pydantic import BaseModel

from api.problems import ProblemCode

AUTHENTICATION_PROBLEMS = (ProblemCode.NO_TOKEN, ProblemCode.INVALID_TOKEN)
READ_PROBLEMS = (
    ProblemCode.INVALID_REQUEST,
    *AUTHENTICATION_PROBLEMS,
    ProblemCode.UNEXPECTED,
    ProblemCode.DATABASE_UNAVAILABLE,
)
ONE_ORDER_PROBLEMS = (
    *AUTHENTICATION_PROBLEMS,
    ProblemCode.ORDER_NOT_FOUND,
    ProblemCode.UNEXPECTED,
    ProblemCode.DATABASE_UNAVAILABLE,
)
ACCOUNT_PROBLEMS = (*READ_PROBLEMS, ProblemCode.ACCOUNT_AMBIGUOUS, ProblemCode.ACCOUNT_NOT_FOUND)

ETAG: Mapping[str, Any] = {"ETag": {"description": "The order's version, quoted.", "schema": {"type": "string"}}}
LOCATION: Mapping[str, Any] = {"Location": {"description": "Where the order is.", "schema": {"type": "string"}}}
REPLAYED: Mapping[str, Any] = {
    "Idempotent-Replayed": {"description": "true: an earlier request made the order.", "schema": {"type": "string"}}
}


def answer(model: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(model.model_dump_json(), status, dict(headers or {}), "application/json")


def etag(version: int) -> str:
    return f'"{version}"'
