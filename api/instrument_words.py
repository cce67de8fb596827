"""What people say of a security that the broker's lists do not tell, without a deploy: for good, with a reason."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Body, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import READ_PROBLEMS, answer
from api.authentication import CallerOf, OperatorOf
from api.calendar import Day, Reason
from api.instruments import InstrumentBody
from api.json_bodies import ExactRoute
from api.ledger_port import within
from api.order_bodies import SYMBOL
from api.problems import ProblemCode, ProblemRaised, ProblemViolation, problem_responses
from api.resources import ResourcesOf
from ledger.instrument_words import RecordedWord
from market.instrument_words import InstrumentWord, WordAbout, objection, said_of

router = APIRouter(prefix="/instruments", tags=["instruments"], route_class=ExactRoute)

WORD_EXAMPLE: dict[str, Any] = {
    "about": "status",
    "said": "RESTRICTED",
    "from": "2026-11-25",
    "reason": "Notice 123/TB-SGDHCM",
}

Symbol = Annotated[str, Path(pattern=SYMBOL, description="For example VIC.")]


class WordRequest(BaseModel):
    """What is said of the security for each trading day from `from` to `until`; the last word about a thing counts."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [WORD_EXAMPLE]})

    about: WordAbout
    said: Annotated[
        str | None,
        Field(
            max_length=40,
            description="A status, a kind of band day, or for `conversion` a share and a ratio such as `VIC 4:1`."
            " Left out: what was said before is taken back.",
        ),
    ] = None
    first: Annotated[Day, Field(alias="from")]
    last: Annotated[Day | None, Field(alias="until", description="Left out: without an end.")] = None
    reason: Annotated[Reason, Field(description="What was announced, and where.")]

    def on(self, symbol: str, author: str) -> InstrumentWord:
        """Raises ValueError that tells what can be said."""
        said = None if self.said is None else said_of(self.about, self.said)
        return InstrumentWord(symbol, self.about, said, self.first, self.last, self.reason, author)


class WordBody(BaseModel):
    """A word as it is written down for good."""

    model_config = ConfigDict(serialize_by_alias=True)

    id: int
    symbol: str
    about: WordAbout
    said: str | None
    first: Annotated[date, Field(serialization_alias="from")]
    last: Annotated[date | None, Field(serialization_alias="until")]
    reason: str
    author: str
    created_at: datetime

    @classmethod
    def of(cls, recorded: RecordedWord) -> Self:
        word = recorded.word
        return cls(
            id=recorded.word_id,
            symbol=word.symbol,
            about=word.about,
            said=word.text,
            first=word.first,
            last=word.last,
            reason=word.reason,
            author=word.author,
            created_at=recorded.created_at,
        )


class WordInForceBody(BaseModel):
    """The word, and the security on the last day that has data of it; null when no list has ever named it."""

    word: WordBody
    instrument: InstrumentBody | None


class WordList(BaseModel):
    """The last word first."""

    words: list[WordBody]


@router.get(
    "/{symbol}/words",
    response_model=WordList,
    summary="What people have said of a security",
    responses=problem_responses(*READ_PROBLEMS),
)
async def words(
    symbol: Symbol,
    caller: CallerOf,  # noqa: ARG001 - any user may ask
    resources: ResourcesOf,
) -> Response:
    found = await within(resources.patience.database, resources.ledger.words_on(symbol))
    return answer(WordList(words=[WordBody.of(each) for each in found]))


@router.post(
    "/{symbol}/words",
    status_code=201,
    response_model=WordInForceBody,
    summary="Say a security's status, what widens its band, or the share behind a warrant",
    responses={
        201: {"description": "In force; orders for it that wait are checked again within seconds."},
        **problem_responses(
            *READ_PROBLEMS,
            ProblemCode.MALFORMED_JSON,
            ProblemCode.OPERATOR_ONLY,
            ProblemCode.BODY_TOO_LARGE,
            ProblemCode.NOT_JSON,
        ),
    },
)
async def say(
    symbol: Symbol,
    caller: OperatorOf,
    body: Annotated[
        WordRequest, Body(openapi_examples={"restricted": {"summary": "Periodic auctions only", "value": WORD_EXAMPLE}})
    ],
    resources: ResourcesOf,
) -> Response:
    """Operators only. After a 503 the same request may be repeated: the same word twice in a row changes nothing."""
    try:
        word = body.on(symbol, caller.user)
    except ValueError as error:
        raise _cannot_be_meant("said", str(error)) from None
    wrong = objection(word)
    if wrong is not None:
        raise _cannot_be_meant(wrong.part, wrong.text)
    recorded = await within(resources.patience.database, resources.ledger.say_of_instrument(word))
    instrument = None if recorded.instrument is None else InstrumentBody.of(recorded.instrument)
    return answer(WordInForceBody(word=WordBody.of(recorded.recorded), instrument=instrument), 201)


def _cannot_be_meant(field: str, message: str) -> ProblemRaised:
    violation = ProblemViolation(code="cannot_be_meant", field=field, message=message)
    return ProblemRaised(ProblemCode.INVALID_REQUEST, f"{field} {message}.", violations=[violation])
