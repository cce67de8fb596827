"""Which days the exchanges trade, and an operator's word that closes or reopens one without a deploy (LC-82)."""

import re
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self, assert_never

from fastapi import APIRouter, Body, Query, Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from api.answers import READ_PROBLEMS, answer
from api.authentication import CallerOf, OperatorOf
from api.json_bodies import ExactRoute
from api.ledger_port import within
from api.problems import KINDS, ProblemCode, ProblemRaised, ProblemViolation, problem_responses
from api.resources import Resources, ResourcesOf
from ledger.calendar import FIRST_DAY, LAST_DAY, RecordedOverride, objection
from market.calendar import CalendarOverride, OverrideKind, TradingCalendar, day_of
from market.closed_days import Certainty
from market.vocabulary import Exchange

router = APIRouter(prefix="/calendar", tags=["calendar"], route_class=ExactRoute)

MOST_DAYS = 366
DEFAULT_DAYS = 31
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

OVERRIDE_EXAMPLE: dict[str, Any] = {
    "day": "2026-12-24",
    "kind": "closed",
    "reason": "Notice 1234/TB-SGDHCM: closed for the storm",
}


def _written_as_day(given: object) -> object:
    """Pydantic alone would also take a number of seconds."""
    if isinstance(given, date) or (isinstance(given, str) and _DAY.fullmatch(given)):
        return given
    raise ValueError("must be a day such as 2026-11-24")


def _one_line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be one line of readable text")
    return text.strip()


Day = Annotated[date, BeforeValidator(_written_as_day), Field(ge=FIRST_DAY, le=LAST_DAY)]
Reason = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=300)]


class DaysAsked(BaseModel):
    """`from` is today if left out, `to` a month later; at most 366 days."""

    model_config = ConfigDict(extra="forbid")

    first: Annotated[Day | None, Field(alias="from", description="Left out: today on the market's clock.")] = None
    last: Annotated[Day | None, Field(alias="to", description="Left out: 30 days after `from`.")] = None


class DayCertainty(StrEnum):
    """`announced`: a notice, a weekend or an operator's word; `expected`: by law, no notice has been read yet."""

    ANNOUNCED = "announced"
    EXPECTED = "expected"


class ExchangeDay(BaseModel):
    """Whether one exchange trades; `reason` and `certainty` say why it does not."""

    exchange: Exchange
    trades: bool
    reason: str | None = None
    certainty: DayCertainty | None = None

    @classmethod
    def of(cls, exchange: Exchange, day: date, calendar: TradingCalendar) -> Self:
        closure = calendar.closure(day, exchange)
        if closure is None:
            return cls(exchange=exchange, trades=True)
        return cls(exchange=exchange, trades=False, reason=closure.reason, certainty=_certainty(closure.certainty))


class CalendarDay(BaseModel):
    day: date
    exchanges: list[ExchangeDay]


class CalendarBody(BaseModel):
    days: list[CalendarDay]


class OverrideWord(StrEnum):
    CLOSED = "closed"
    REOPENED = "reopened"


class OverrideRequest(BaseModel):
    """A day that an exchange closes or trades on, whatever the published calendar says; the last word counts."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [OVERRIDE_EXAMPLE]})

    day: Day
    exchange: Annotated[Exchange | None, Field(description="Left out: all of them, and settlement too.")] = None
    kind: OverrideWord
    reason: Annotated[Reason, Field(description="What was announced, and where.")]

    def by(self, author: str) -> CalendarOverride:
        return CalendarOverride(self.day, OverrideKind[self.kind.name], self.reason, author, self.exchange)


class OverrideBody(BaseModel):
    """An override as it is written down for good."""

    id: int
    day: date
    exchange: Exchange | None
    kind: OverrideWord
    reason: str
    author: str
    created_at: datetime

    @classmethod
    def of(cls, recorded: RecordedOverride) -> Self:
        override = recorded.override
        return cls(
            id=recorded.override_id,
            day=override.day,
            exchange=override.exchange,
            kind=OverrideWord[override.kind.name],
            reason=override.reason,
            author=override.author,
            created_at=recorded.created_at,
        )


@router.get(
    "",
    response_model=CalendarBody,
    summary="Trading days",
    responses=problem_responses(*READ_PROBLEMS, ProblemCode.CLOCK_UNAVAILABLE),
)
async def days(
    asked: Annotated[DaysAsked, Query()],
    caller: CallerOf,  # noqa: ARG001 - any user may ask
    resources: ResourcesOf,
) -> Response:
    first = asked.first or await _today(resources)
    last = asked.last or min(first + timedelta(days=DEFAULT_DAYS - 1), LAST_DAY)
    count = (last - first).days + 1
    if not 1 <= count <= MOST_DAYS:
        raise _wrong_range(first, last)
    calendar = await within(resources.patience.database, resources.ledger.calendar())
    chosen = (first + timedelta(days=number) for number in range(count))
    return answer(
        CalendarBody(
            days=[
                CalendarDay(day=day, exchanges=[ExchangeDay.of(exchange, day, calendar) for exchange in Exchange])
                for day in chosen
            ]
        )
    )


@router.post(
    "/overrides",
    status_code=201,
    response_model=OverrideBody,
    summary="Close or reopen a day",
    responses={
        201: {"description": "In force; orders that wait look again within seconds."},
        **problem_responses(
            *READ_PROBLEMS,
            ProblemCode.MALFORMED_JSON,
            ProblemCode.OPERATOR_ONLY,
            ProblemCode.BODY_TOO_LARGE,
            ProblemCode.NOT_JSON,
        ),
    },
)
async def override(
    caller: OperatorOf,
    body: Annotated[
        OverrideRequest,
        Body(openapi_examples={"holiday": {"summary": "All exchanges stay closed", "value": OVERRIDE_EXAMPLE}}),
    ],
    resources: ResourcesOf,
) -> Response:
    """Operators only. After a 503 the same request may be repeated: the same word twice changes nothing."""
    said = body.by(caller.user)
    wrong = objection(said)
    if wrong is not None:
        violation = ProblemViolation(code="never_trades", field="day", message=wrong, given=said.day.isoformat())
        raise ProblemRaised(ProblemCode.INVALID_REQUEST, f"day {wrong}.", violations=[violation])
    recorded = await within(resources.patience.database, resources.ledger.override_calendar(said))
    return answer(OverrideBody.of(recorded), 201)


async def _today(resources: Resources) -> date:
    clock = await resources.clock.read()
    if clock is None:
        raise ProblemRaised(ProblemCode.CLOCK_UNAVAILABLE, KINDS[ProblemCode.CLOCK_UNAVAILABLE].example)
    return day_of(clock.at(datetime.now(UTC)))


def _wrong_range(first: date, last: date) -> ProblemRaised:
    message = f"must be from {first} to {MOST_DAYS - 1} days later"
    violation = ProblemViolation(code="wrong_range", field="to", message=message, given=last.isoformat())
    return ProblemRaised(ProblemCode.INVALID_REQUEST, f"to {message}.", violations=[violation])


def _certainty(certainty: Certainty) -> DayCertainty:
    match certainty:
        case Certainty.ANNOUNCED:
            return DayCertainty.ANNOUNCED
        case Certainty.EXPECTED | Certainty.GUESSED:
            return DayCertainty.EXPECTED
        case _:
            assert_never(certainty)
