"""Looking at an order before it is placed: the whole verdict, what it would cost, and when it would be sent."""

from datetime import UTC, date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict

from api.answers import READ_PROBLEMS, answer
from api.authentication import TraderOf
from api.json_bodies import ExactRoute
from api.ledger_port import within
from api.numbers import ThousandVnd
from api.order_bodies import BRIEF_EXAMPLE, PlaceOrderBody
from api.problems import KINDS, ProblemCode, ProblemRaised, ProblemViolation, problem_responses, rule_violations
from api.resources import ResourcesOf
from ledger.previewing import Estimate, Preview
from market.phases import PhaseName

router = APIRouter(prefix="/orders", tags=["orders"], route_class=ExactRoute)


class EstimateBody(BaseModel):
    """What trading the whole order at `price` would come to, and when what it brings can be used."""

    price: ThousandVnd
    value_vnd: int
    commission_vnd: int
    tax_vnd: int
    settles_on: date

    @classmethod
    def of(cls, estimate: Estimate) -> Self:
        return cls(
            price=estimate.price,
            value_vnd=estimate.value,
            commission_vnd=estimate.commission,
            tax_vnd=estimate.tax,
            settles_on=estimate.settles_on,
        )


class PreviewBody(BaseModel):
    """The verdict that placing the order would get now. `warnings` stop nothing, and placing does not repeat them."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    accepted: bool
    violations: list[ProblemViolation]
    warnings: list[ProblemViolation]
    hold_vnd: int
    hold_shares: int
    estimate: EstimateBody | None
    """At the order's limit, or for a buy without one at the price it is held at; null for a sale without a price."""
    phase: PhaseName | None
    """The phase that takes it; null when none does today."""
    sent_at: datetime | None
    """Market time at which it would be sent: now, or when that phase begins."""
    lives_until: datetime | None
    """When what is left of it then dies; `sent_at` for the types that never rest."""
    as_of: datetime
    """The market time that all of this is told for."""

    @classmethod
    def of(cls, preview: Preview, as_of: datetime) -> Self:
        return cls(
            accepted=not preview.violations,
            violations=rule_violations(preview.violations),
            warnings=rule_violations(preview.warnings),
            hold_vnd=preview.hold.cash,
            hold_shares=preview.hold.shares,
            estimate=None if preview.estimate is None else EstimateBody.of(preview.estimate),
            phase=None if preview.phase is None else preview.phase.name,
            sent_at=preview.sent_at,
            lives_until=preview.lives_until,
            as_of=as_of,
        )


@router.post(
    "/preview",
    response_model=PreviewBody,
    summary="What placing an order would do",
    responses=problem_responses(
        *READ_PROBLEMS,
        ProblemCode.MALFORMED_JSON,
        ProblemCode.ACCOUNT_AMBIGUOUS,
        ProblemCode.ROLE_MAY_NOT_TRADE,
        ProblemCode.ACCOUNT_NOT_FOUND,
        ProblemCode.BODY_TOO_LARGE,
        ProblemCode.NOT_JSON,
        ProblemCode.CLOCK_UNAVAILABLE,
    ),
)
async def preview_order(
    caller: TraderOf,
    body: Annotated[
        PlaceOrderBody,
        Body(openapi_examples={"limit_buy": {"summary": "Buy 100 VIC at 85,500 VND", "value": BRIEF_EXAMPLE}}),
    ],
    resources: ResourcesOf,
) -> Response:
    """Checks an order as placing it would, and changes nothing: no order, no hold, no client order id taken."""
    clock = await resources.clock.read()
    if clock is None:
        raise ProblemRaised(ProblemCode.CLOCK_UNAVAILABLE, KINDS[ProblemCode.CLOCK_UNAVAILABLE].example)
    market_now = clock.at(datetime.now(UTC))
    account_id = caller.account(body.account_id)
    terms = body.terms(resources.default_market)
    found = await within(
        resources.patience.database,
        resources.ledger.preview(account_id, terms, market_now, resources.limits, queue_next_day=body.queue_next_day),
    )
    return answer(PreviewBody.of(found, market_now))
