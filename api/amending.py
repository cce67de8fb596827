"""Amending an order: another price or another quantity, one change at a time, refused with every rule it breaks."""

from dataclasses import dataclass
from typing import assert_never

from api.change_bodies import ChangeOutcome
from api.changing import ChangeAnswer, Known, change_order, closed_because, known_of, own_request
from api.finding import Booked, Found
from api.order_gateway import NoAnswer
from api.problems import ProblemCode
from api.resources import Deadline, Resources
from market.violations import RuleCode, Violation
from orders.amending import refusal_of_amend
from orders.commands import AmendOrder
from orders.order import AmendRefusal, Life, Order, Request, RequestState

_NOTHING = Violation(
    RuleCode.AMEND_CHANGES_NOTHING,
    "VN-A3",
    "The request names neither a price nor a quantity; give one of them.",
    "Yêu cầu không có giá và cũng không có khối lượng; hãy gửi một trong hai.",
    allowed="price or quantity",
)
_BOTH = Violation(
    RuleCode.AMEND_PRICE_AND_QUANTITY,
    "VN-A3",
    "The request names a price and a quantity; one amendment changes one of them, so send two.",
    "Yêu cầu có cả giá và khối lượng; mỗi lần chỉ được sửa một trong hai, hãy gửi hai yêu cầu.",
    given="price, quantity",
    allowed="price or quantity",
)


@dataclass(frozen=True, slots=True)
class AmendDenied:
    """An amendment that we refused ourselves, as the problem it is told as."""

    code: ProblemCode
    detail: str
    violations: tuple[Violation, ...] = ()
    booked: Booked | None = None


AmendOutcome = ChangeAnswer | AmendDenied | NoAnswer


async def amend_order(amend: AmendOrder, found: Found, resources: Resources, deadline: Deadline) -> AmendOutcome:
    """The outcome of the wish; what can be told beforehand is told without handing it in."""
    wrong = _NOTHING if amend.price is None and amend.quantity is None else None
    wrong = _BOTH if amend.price is not None and amend.quantity is not None else wrong
    if wrong is not None:
        return AmendDenied(ProblemCode.AMEND_DENIED, wrong.message, (wrong,))
    if isinstance(found, Booked):
        answer = _answer_before_asking(amend, found)
        if answer is not None:
            return answer
    outcome = await change_order(
        amend, found, resources, deadline, lambda order, _handled: _settled(order, amend.intent_id)
    )
    if isinstance(outcome, NoAnswer) or outcome.booked is None:
        return outcome
    return _denied(amend, outcome.booked) or outcome


def _answer_before_asking(amend: AmendOrder, found: Booked) -> ChangeAnswer | AmendDenied | None:
    order = found.stored.order
    denied = _denied(amend, found)
    if denied is not None:
        return denied
    known = _settled(order, amend.intent_id)
    if known is not None:
        return ChangeAnswer(known, found)
    refusal = refusal_of_amend(order)
    if refusal is None or own_request(order, amend.intent_id) is not None:
        return None
    return AmendDenied(ProblemCode.CHANGE_OPEN, _explained(refusal), booked=found)


def _settled(order: Order, intent_id: str) -> Known | None:
    own = own_request(order, intent_id)
    if own is None:
        return Known(ChangeOutcome.TOO_LATE, closed_because(order)) if order.life is Life.CLOSED else None
    if own.open:
        return None
    ours = _refusal(own)
    return known_of(order, own) if ours is None else Known(ChangeOutcome.REFUSED, _explained(ours))


def _denied(amend: AmendOrder, booked: Booked) -> AmendDenied | None:
    """The problem that an amendment's booked request is; None while it is open, and for what others decided."""
    own = own_request(booked.stored.order, amend.intent_id)
    if own is None:
        return None
    if own.amendment != amend.amendment:
        detail = "The Idempotency-Key was first used with another amendment of this order; this one changed nothing."
        return AmendDenied(ProblemCode.IDEMPOTENCY_KEY_REUSED, detail, booked=booked)
    if own.state is not RequestState.REFUSED:
        return None
    refusal = _refusal(own)
    if refusal in (AmendRefusal.AMEND_OPEN, AmendRefusal.CANCEL_OPEN):
        return AmendDenied(ProblemCode.CHANGE_OPEN, _explained(refusal), booked=booked)
    return _breaks_rules(own.violations, booked) if own.violations else None


def _breaks_rules(violations: tuple[Violation, ...], booked: Booked) -> AmendDenied:
    only_too_early = all(violation.code is RuleCode.AMEND_NOT_NOW for violation in violations)
    code = ProblemCode.AMEND_NOT_ALLOWED_IN_PHASE if only_too_early else ProblemCode.AMEND_DENIED
    return AmendDenied(code, " ".join(violation.message for violation in violations), violations, booked)


def _refusal(request: Request) -> AmendRefusal | None:
    """Our own reason; None for the broker's codes."""
    refused = request.state is RequestState.REFUSED
    return next((each for each in AmendRefusal if refused and each.value == request.code), None)


def _explained(refusal: AmendRefusal) -> str:
    match refusal:
        case AmendRefusal.BREAKS_RULES:
            return "The amendment breaks a rule."
        case AmendRefusal.AMEND_OPEN:
            return "Another amendment of this order is open; ask again once it has an outcome."
        case AmendRefusal.CANCEL_OPEN:
            return "A cancel of this order is open; it can be amended only if that is refused."
        case AmendRefusal.SUPERSEDED:
            return "A cancel was asked for before the amendment had left; nothing was sent."
        case AmendRefusal.WITHDRAWN:
            return "The amendment was taken back before it had left; nothing was sent."
        case AmendRefusal.NOT_TAKEN:
            return "The broker's book shows the order without the amendment; its terms are the old ones."
        case _:
            assert_never(refusal)
