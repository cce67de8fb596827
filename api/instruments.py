"""What is known of a security today, and an operator's wish to have the day's reference data loaded again."""

import asyncio
import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Self, assert_never

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict

from api.answers import AUTHENTICATION_PROBLEMS, READ_PROBLEMS, answer
from api.authentication import CallerOf, OperatorOf
from api.ledger_port import within
from api.numbers import ThousandVnd
from api.order_bodies import SYMBOL
from api.order_gateway import Delivered, NoAnswer
from api.problems import KINDS, ProblemCode, ProblemRaised, problem_responses
from api.resources import DeadlineOf, Resources, ResourcesOf
from market.broker_day import broker_day
from market.instrument import Instrument
from market.vocabulary import BandDay, Exchange, InstrumentKind, SecurityStatus
from workflows.messages import reference_data_id

router = APIRouter(prefix="/instruments", tags=["instruments"])

INSTRUMENT_EXAMPLE: dict[str, Any] = {
    "symbol": "VIC",
    "name": "Vingroup JSC",
    "exchange": "HOSE",
    "kind": "STOCK",
    "trading_date": "2026-11-23",
    "reference": 85.5,
    "ceiling": 91.4,
    "floor": 79.6,
    "status": "NORMAL",
    "band_day": "NORMAL",
    "foreign_room": 1_250_000,
    "conversion": None,
}
LOAD_EXAMPLE: dict[str, Any] = {"trading_date": "2026-11-23", "workflow_id": "reference-data-2026-11-23"}


class InstrumentBody(BaseModel):
    """One security on the broker's day: prices in thousand VND, `foreign_room` in shares (null: not told).

    `status` is NORMAL where nothing else is told. `band_day` says what makes the band wider than usual. `conversion`
    is the share behind a covered warrant and how many warrants buy one; null: nobody has told. People's words (see
    `/instruments/{symbol}/words`) count before the broker's lists; bands are always the exchange's own.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [INSTRUMENT_EXAMPLE]})

    symbol: str
    name: str
    exchange: Exchange
    kind: InstrumentKind
    trading_date: date
    reference: ThousandVnd
    ceiling: ThousandVnd
    floor: ThousandVnd
    status: SecurityStatus
    band_day: BandDay
    foreign_room: int | None
    conversion: str | None

    @classmethod
    def of(cls, instrument: Instrument) -> Self:
        return cls(
            symbol=instrument.symbol,
            name=instrument.name,
            exchange=instrument.exchange,
            kind=instrument.kind,
            trading_date=instrument.trading_date,
            reference=instrument.reference,
            ceiling=instrument.ceiling,
            floor=instrument.floor,
            status=instrument.status,
            band_day=instrument.band_day,
            foreign_room=instrument.foreign_room,
            conversion=None if instrument.conversion is None else str(instrument.conversion),
        )


class LoadBody(BaseModel):
    """The load that was asked for; the process of this id shows how far it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [LOAD_EXAMPLE]})

    trading_date: date
    workflow_id: str


@router.post(
    "/load",
    status_code=202,
    response_model=LoadBody,
    summary="Load today's reference data again",
    responses={
        202: {"description": "Asked for; what it tells is in force within seconds."},
        **problem_responses(
            *AUTHENTICATION_PROBLEMS,
            ProblemCode.OPERATOR_ONLY,
            ProblemCode.UNEXPECTED,
            ProblemCode.LOAD_NOT_STARTED,
            ProblemCode.DATABASE_UNAVAILABLE,
            ProblemCode.CLOCK_UNAVAILABLE,
        ),
    },
)
async def load(
    caller: OperatorOf,  # noqa: ARG001 - any operator may ask
    resources: ResourcesOf,
    deadline: DeadlineOf,
) -> Response:
    """Operators only. A load that is under way is joined; it asks again for as long as the day lasts."""
    today = await _today(resources)
    match await _ask_to_load(resources, today, deadline.left()):
        case Delivered():
            return answer(LoadBody(trading_date=today, workflow_id=reference_data_id(today)), 202)
        case NoAnswer():
            raise ProblemRaised(ProblemCode.LOAD_NOT_STARTED, KINDS[ProblemCode.LOAD_NOT_STARTED].example)
        case other:
            assert_never(other)


@router.get(
    "/{symbol}",
    response_model=InstrumentBody,
    summary="A security's reference data of today",
    responses=problem_responses(*READ_PROBLEMS, ProblemCode.INSTRUMENT_NOT_FOUND, ProblemCode.CLOCK_UNAVAILABLE),
)
async def get_instrument(
    symbol: Annotated[str, Path(description="For example VIC.")],
    caller: CallerOf,  # noqa: ARG001 - any user may ask
    resources: ResourcesOf,
) -> Response:
    """Over nights and weekends the last trading day is still the broker's day; from 06:00 it is the new one."""
    today = await _today(resources)
    found = None
    if re.fullmatch(SYMBOL, symbol):
        found = await within(resources.patience.database, resources.ledger.instrument(symbol, today))
    if found is None:
        detail = f"Nothing is known of {symbol[:20]} on {today}; yesterday's data are never used."
        raise ProblemRaised(ProblemCode.INSTRUMENT_NOT_FOUND, detail)
    return answer(InstrumentBody.of(found))


async def _ask_to_load(resources: Resources, today: date, seconds: float) -> Delivered | NoAnswer:
    try:
        async with asyncio.timeout(seconds):
            return await resources.gateway.load_reference_data(today)
    except TimeoutError:
        return NoAnswer()


async def _today(resources: Resources) -> date:
    clock = await resources.clock.read()
    if clock is None:
        raise ProblemRaised(ProblemCode.CLOCK_UNAVAILABLE, KINDS[ProblemCode.CLOCK_UNAVAILABLE].example)
    calendar = await within(resources.patience.database, resources.ledger.calendar())
    return broker_day(clock.at(datetime.now(UTC)), calendar)
