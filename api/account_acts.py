"""What an operator does to an account: book what the broker has and we have not, or let it trade again (LC-99)."""

from datetime import datetime
from typing import Annotated, Any, Self, assert_never
from uuid import uuid4

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import READ_PROBLEMS, answer
from api.authentication import OperatorOf
from api.calendar import Reason
from api.json_bodies import ExactRoute
from api.ledger_port import within
from api.problems import ProblemCode, ProblemRaised, ProblemViolation, problem_responses
from api.resources import ResourcesOf
from ledger.account_acts import Act, ActKind, ActRefusal, Adjustment, NotOurs
from ledger.postings import CASH
from risk.checks import TradingState

router = APIRouter(prefix="/accounts", tags=["accounts"], route_class=ExactRoute)

CASH_ASSET = "cash"
ADJUSTMENT_EXAMPLE: dict[str, Any] = {"asset": CASH_ASSET, "amount": 5_000_000, "reason": "deposit of 20 November"}
RESUME_EXAMPLE: dict[str, Any] = {"reason": "shortfall paid in, see the bank's notice"}
NOT_OURS_EXAMPLE: dict[str, Any] = {"broker_order_id": "20000108", "reason": "placed on iBoard, says the client"}
_MOST = 10**15

ActId = Annotated[
    str | None,
    Field(
        pattern=r"^[A-Za-z0-9._:-]{1,64}$",
        description="A name of your own for this act: repeated with it, it is done once. Left out: each is another.",
    ),
]


class AdjustmentRequest(BaseModel):
    """What the account has more, or less if negative, than is booked; it clears a block."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [ADJUSTMENT_EXAMPLE]})

    asset: Annotated[str, Field(pattern=r"^(cash|[A-Z0-9]{3,12})$", description="`cash`, or a symbol such as VIC.")]
    amount: Annotated[int, Field(strict=True, ge=-_MOST, le=_MOST, description="VND or shares, not 0.")]
    reason: Annotated[Reason, Field(description="What explains it.")]
    act_id: ActId = None


class ResumeRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [RESUME_EXAMPLE]})

    reason: Annotated[Reason, Field(description="Why it may trade again.")]
    act_id: ActId = None


class NotOursRequest(BaseModel):
    """A person's word that no client of this service sent an order that the broker shows (LC-98)."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [NOT_OURS_EXAMPLE]})

    broker_order_id: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9]{1,64}$", description="The broker's id, as the alert names it.")
    ]
    reason: Annotated[Reason, Field(description="Who placed it, and how that is known.")]
    act_id: ActId = None


class ActBody(BaseModel):
    """An act as it is written down for good, with the account's state after it."""

    act_id: str
    account_id: str
    kind: ActKind
    asset: str | None
    amount: int | None
    broker_order_id: str | None
    reason: str
    author: str
    state: TradingState
    created_at: datetime

    @classmethod
    def of(cls, act: Act) -> Self:
        return cls(
            act_id=act.key,
            account_id=act.account_id,
            kind=act.kind,
            asset=CASH_ASSET if act.asset == CASH else act.asset,
            amount=act.amount,
            broker_order_id=act.broker_order_id,
            reason=act.reason,
            author=act.author,
            state=act.state,
            created_at=act.created_at,
        )


_WRITE = (
    *READ_PROBLEMS,
    ProblemCode.MALFORMED_JSON,
    ProblemCode.OPERATOR_ONLY,
    ProblemCode.ACCOUNT_NOT_FOUND,
    ProblemCode.IDEMPOTENCY_KEY_REUSED,
    ProblemCode.BODY_TOO_LARGE,
    ProblemCode.NOT_JSON,
)


@router.post(
    "/{account_id}/adjustments",
    status_code=201,
    response_model=ActBody,
    summary="Book an adjustment",
    responses={
        201: {"description": "Booked; a blocked account may trade again."},
        **problem_responses(*_WRITE, ProblemCode.INSTRUMENT_NOT_FOUND),
    },
)
async def adjust(
    account_id: str,
    caller: OperatorOf,
    body: Annotated[
        AdjustmentRequest, Body(openapi_examples={"deposit": {"summary": "A deposit", "value": ADJUSTMENT_EXAMPLE}})
    ],
    resources: ResourcesOf,
) -> Response:
    """Operators only. With an `act_id` the same request may be repeated after a 503."""
    if body.amount == 0:
        raise _wrong_amount(body, "must not be 0")
    asset = CASH if body.asset == CASH_ASSET else body.asset
    account = caller.account(account_id)
    wanted = Adjustment(account, asset, body.amount, caller.user, body.reason, body.act_id or uuid4().hex)
    done = await within(resources.patience.database, resources.ledger.adjust(wanted))
    if isinstance(done, ActRefusal):
        raise _refused(done, body)
    return answer(ActBody.of(done), 201)


@router.post(
    "/{account_id}/resume",
    status_code=201,
    response_model=ActBody,
    summary="Let an account trade again",
    responses={201: {"description": "The account is active."}, **problem_responses(*_WRITE)},
)
async def resume(
    account_id: str,
    caller: OperatorOf,
    body: Annotated[
        ResumeRequest, Body(openapi_examples={"paid": {"summary": "A shortfall was paid", "value": RESUME_EXAMPLE}})
    ],
    resources: ResourcesOf,
) -> Response:
    """Operators only; whatever stopped it: a shortfall, an overfill, or balances that differ from the broker's."""
    account = caller.account(account_id)
    key = body.act_id or uuid4().hex
    resuming = resources.ledger.resume_account(account, caller.user, body.reason, key)
    done = await within(resources.patience.database, resuming)
    if isinstance(done, ActRefusal):
        raise _key_taken(key)
    return answer(ActBody.of(done), 201)


@router.post(
    "/{account_id}/external-orders",
    status_code=201,
    response_model=ActBody,
    summary="Say that an order at the broker is none of ours",
    responses={
        201: {"description": "It is taken in as external within a minute."},
        **problem_responses(*_WRITE, ProblemCode.ORDER_NOT_FOUND),
    },
)
async def say_not_ours(
    account_id: str,
    caller: OperatorOf,
    body: Annotated[
        NotOursRequest, Body(openapi_examples={"iboard": {"summary": "Placed on iBoard", "value": NOT_OURS_EXAMPLE}})
    ],
    resources: ResourcesOf,
) -> Response:
    """Operators only. For an order of which an alert says that it may be one of ours under another id."""
    account = caller.account(account_id)
    word = NotOurs(account, body.broker_order_id, caller.user, body.reason, body.act_id or uuid4().hex)
    done = await within(resources.patience.database, resources.ledger.say_not_ours(word))
    if done is ActRefusal.NOT_WAITING:
        detail = f"No order {body.broker_order_id} at the broker waits to be taken in; GET /alerts names those that do."
        raise ProblemRaised(ProblemCode.ORDER_NOT_FOUND, detail)
    if isinstance(done, ActRefusal):
        raise _key_taken(word.key)
    return answer(ActBody.of(done), 201)


def _refused(refusal: ActRefusal, body: AdjustmentRequest) -> ProblemRaised:
    match refusal:
        case ActRefusal.UNKNOWN_ASSET:
            return ProblemRaised(ProblemCode.INSTRUMENT_NOT_FOUND, f"There is no security {body.asset}.")
        case ActRefusal.MORE_THAN_FREE:
            return _wrong_amount(body, "takes more than is available: cancel the orders that hold it first")
        case ActRefusal.KEY_TAKEN:
            return _key_taken(body.act_id)
        case ActRefusal.NOT_WAITING:
            raise AssertionError("an adjustment waits for no order")
        case _:
            assert_never(refusal)


def _key_taken(key: str | None) -> ProblemRaised:
    return ProblemRaised(ProblemCode.IDEMPOTENCY_KEY_REUSED, f"act_id {key} was first used for another act.")


def _wrong_amount(body: AdjustmentRequest, message: str) -> ProblemRaised:
    violation = ProblemViolation(code="wrong_amount", field="amount", message=message, given=str(body.amount))
    return ProblemRaised(ProblemCode.INVALID_REQUEST, f"amount {message}.", violations=[violation])
