"""Whether orders can be sent over each broker connection, and the one-time code that a person enters when not.

A code is a secret: it is written to the ledger for the worker that signs in, and to nothing else.
"""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Annotated, Any, Self, TypeVar

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import READ_PROBLEMS, answer
from api.authentication import OperatorOf, TraderOf
from api.json_bodies import SecretRoute
from api.ledger_port import within
from api.order_gateway import Delivered, NoAnswer
from api.problems import ProblemCode, ProblemRaised, problem_responses
from api.resources import Deadline, DeadlineOf, Resources, ResourcesOf
from ledger.one_time_codes import FORM
from workflows.access_state import AccessState, AccessView

router = APIRouter(prefix="/broker", tags=["broker"], route_class=SecretRoute)

CODE_EXAMPLE: dict[str, Any] = {"code": "123456"}
_SILENT = "The trading access did not answer, so nothing is known; a worker must be running. Try again shortly."
_Answer = TypeVar("_Answer")

ConnectionId = Annotated[
    str | None, Field(max_length=64, description="Left out: the only connection there is.", examples=["ssi"])
]


class OneTimeCode(BaseModel):
    """The code that the broker sent, or that its app shows."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [CODE_EXAMPLE]})

    connection_id: ConnectionId = None
    code: Annotated[str, Field(pattern=FORM, repr=False, description="4 to 12 letters or digits, never shown.")]


class OneTimeCodeWish(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [{}]})

    connection_id: ConnectionId = None


class CodeRequestBody(BaseModel):
    """The last time the broker was asked for a code, and what came of it."""

    asked_at: datetime
    text: str


class AccessBody(BaseModel):
    """One connection at `as_of`. `until`: signed in until then, or a code is needed by then (`overdue` once passed).

    `needs_codes` is false for a connection that signs in without a person; `codes_left` is how many more codes can be
    asked for before the broker blocks them.
    """

    connection_id: str
    state: AccessState
    until: datetime | None
    overdue: bool
    needs_codes: bool
    codes_left: int | None
    text: str
    last_request: CodeRequestBody | None
    as_of: datetime

    @classmethod
    def of(cls, view: AccessView) -> Self:
        found, task, request = view.found, view.task, view.request
        return cls(
            connection_id=view.connection_id,
            state=found.state,
            until=found.until if task is None else task.until,
            overdue=task is not None and task.overdue,
            needs_codes=found.by_code,
            codes_left=view.codes_left,
            text=found.text,
            last_request=None if request is None else CodeRequestBody(asked_at=request.asked_at, text=request.text),
            as_of=found.seen_at,
        )


class AccessList(BaseModel):
    connections: list[AccessBody]


class Handed(BaseModel):
    """What was asked for is under way; `GET /broker/access` shows what came of it, from an `as_of` after this one."""

    connection_id: str
    as_of: datetime


_READ = (*READ_PROBLEMS, ProblemCode.NO_ANSWER)
_WRITE = (
    *_READ,
    ProblemCode.MALFORMED_JSON,
    ProblemCode.CONNECTION_AMBIGUOUS,
    ProblemCode.OPERATOR_ONLY,
    ProblemCode.CONNECTION_NOT_FOUND,
    ProblemCode.CODE_NOT_NEEDED,
    ProblemCode.BODY_TOO_LARGE,
    ProblemCode.NOT_JSON,
)


@router.get(
    "/access",
    response_model=AccessList,
    summary="Whether orders can be sent",
    responses=problem_responses(*_READ, ProblemCode.ROLE_MAY_NOT_TRADE),
)
async def access(
    caller: TraderOf,  # noqa: ARG001 - any trader or operator may ask
    resources: ResourcesOf,
    deadline: DeadlineOf,
) -> Response:
    """Traders and operators. While a code is needed, orders wait and go out once an operator has entered one."""
    known = await within(deadline.within(resources.patience.database), resources.ledger.connections())
    views = [await _view(each.connection_id, resources, deadline) for each in known]
    return answer(AccessList(connections=[AccessBody.of(view) for view in views]))


@router.post(
    "/one-time-code",
    status_code=202,
    response_model=Handed,
    summary="Enter a one-time code",
    responses={
        202: {"description": "Handed to the worker, which signs in with it at once."},
        **problem_responses(*_WRITE),
    },
)
async def enter(
    caller: OperatorOf,  # noqa: ARG001 - any operator may enter it
    body: Annotated[
        OneTimeCode, Body(openapi_examples={"code": {"summary": "The code of this morning", "value": CODE_EXAMPLE}})
    ],
    resources: ResourcesOf,
    deadline: DeadlineOf,
) -> Response:
    """Operators only. A code is tried once and forgotten, after ten minutes untried too; after a 503 enter it again."""
    view = await _code_connection(body.connection_id, resources, deadline)
    seconds = deadline.within(resources.patience.database)
    await within(seconds, resources.ledger.leave_one_time_code(view.connection_id, body.code))
    return await _handed(view, resources.gateway.have_access_looked_at(view.connection_id), deadline)


@router.post(
    "/one-time-code/request",
    status_code=202,
    response_model=Handed,
    summary="Have the broker send a code",
    responses={202: {"description": "Handed to the worker, which asks the broker."}, **problem_responses(*_WRITE)},
)
async def request(
    caller: OperatorOf,  # noqa: ARG001 - any operator may ask
    body: Annotated[OneTimeCodeWish, Body(openapi_examples={"only": {"summary": "The only connection", "value": {}}})],
    resources: ResourcesOf,
    deadline: DeadlineOf,
) -> Response:
    """Operators only. Each request counts until a code is used (`codes_left`): after too many they are blocked."""
    view = await _code_connection(body.connection_id, resources, deadline)
    return await _handed(view, resources.gateway.have_code_sent(view.connection_id), deadline)


async def _code_connection(asked: str | None, resources: Resources, deadline: Deadline) -> AccessView:
    """The connection that is meant, which must be one that codes sign in."""
    known = await within(deadline.within(resources.patience.database), resources.ledger.connections())
    names = sorted(each.connection_id for each in known)
    choice = f"there are {', '.join(names) or 'none'}"
    if asked is None and len(names) != 1:
        raise ProblemRaised(ProblemCode.CONNECTION_AMBIGUOUS, f"Name one in connection_id: {choice}.")
    if asked is not None and asked not in names:
        raise ProblemRaised(ProblemCode.CONNECTION_NOT_FOUND, f"No such connection; {choice}.")
    view = await _view(asked or names[0], resources, deadline)
    if not view.found.by_code:
        detail = f"Connection {view.connection_id} signs in by PIN and never needs a one-time code."
        raise ProblemRaised(ProblemCode.CODE_NOT_NEEDED, detail)
    return view


async def _view(connection_id: str, resources: Resources, deadline: Deadline) -> AccessView:
    view = await _in_time(resources.gateway.access(connection_id), deadline)
    if view is None:
        raise ProblemRaised(ProblemCode.NO_ANSWER, _SILENT)
    return view


async def _handed(view: AccessView, calling: Awaitable[Delivered | NoAnswer], deadline: Deadline) -> Response:
    now = datetime.now(UTC)
    if not isinstance(await _in_time(calling, deadline), Delivered):
        raise ProblemRaised(ProblemCode.NO_ANSWER, _SILENT)
    return answer(Handed(connection_id=view.connection_id, as_of=now), 202)


async def _in_time(asking: Awaitable[_Answer], deadline: Deadline) -> _Answer | None:
    try:
        async with asyncio.timeout(deadline.left()):
            return await asking
    except TimeoutError:
        return None
