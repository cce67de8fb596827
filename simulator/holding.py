"""The broker holds what the exchange does not take yet (`IAV`: before the open and in the break) and sends it later."""

from dataclasses import dataclass, replace

from market.checks import exchange_violations, order_violations
from market.offering import EVERYTHING
from market.phases import PhaseName, phase_to_send_in
from market.terms import OrderTerms
from market.violations import RuleCode, Violation
from simulator.broker_order import BrokerOrder, OrderStatus, expired
from simulator.matching import send
from simulator.refusals import Refusal, refusal_for
from simulator.security import Security
from simulator.state import ExchangeState
from simulator.switches import PreOpen

_ANOTHER_PHASE = frozenset({RuleCode.PHASE_TAKES_NOTHING, RuleCode.ORDER_TYPE_NOT_IN_PHASE})


@dataclass(frozen=True, slots=True)
class Sendable:
    """The exchange takes the order at this instant."""


@dataclass(frozen=True, slots=True)
class Holdable:
    """The exchange takes nothing now, but the order in a later phase of the day."""


def terms_of(order: BrokerOrder, security: Security) -> OrderTerms:
    """SSI's market code VN names no exchange: the security's own is meant."""
    return OrderTerms(
        order.symbol, security.listing.exchange, order.side, order.order_type, order.quantity, order.price or None
    )


def judge(state: ExchangeState, order: BrokerOrder, security: Security) -> Sendable | Holdable | Refusal:
    """What becomes of a new order by the rules of its exchange, whatever the account can afford."""
    broken = _broken_now(state, order, security)
    if not broken:
        return Sendable()
    # Nobody knows when a halt ends: nothing is kept for its end.
    halted = state.phase_of_security(security).name is PhaseName.HALTED
    keeps = state.switches.pre_open is not PreOpen.REJECT and not halted
    if not keeps or not _are(broken, frozenset({RuleCode.PHASE_TAKES_NOTHING})):
        return refusal_for(broken[0])
    broken_later = order_violations(
        terms_of(order, security),
        security.instrument,
        state.now,
        facts=state.facts_about(security, state.accounts[order.account]),
        calendar=state.usual_calendar,
        offering=EVERYTHING,
    )
    return refusal_for(broken_later[0]) if broken_later else Holdable()


def release(state: ExchangeState, order: BrokerOrder) -> None:
    """Send a held order if its phase has come; when it never will today, the order ends."""
    security = state.securities[order.symbol]
    broken = _broken_now(state, order, security)
    if not broken:
        send(state, order)
        return
    if not _are(broken, _ANOTHER_PHASE):
        refusal = refusal_for(broken[0])
        refused = replace(
            order,
            status=OrderStatus.RJ,
            reject_code=refusal.code,
            reject_reason=refusal.reason,
            modified_at=state.stamp,
        )
        state.keep(refused)
        state.report(refused)
    elif not _has_phase_today(state, order, security):
        dead = expired(order, state.stamp)
        state.keep(dead)
        state.report(dead)


def _broken_now(state: ExchangeState, order: BrokerOrder, security: Security) -> tuple[Violation, ...]:
    return exchange_violations(
        terms_of(order, security),
        security.instrument,
        state.now,
        facts=state.facts_about(security, state.accounts[order.account]),
        calendar=state.calendar,
    )


def _are(broken: tuple[Violation, ...], codes: frozenset[RuleCode]) -> bool:
    return any(violation.code in codes for violation in broken)


def _has_phase_today(state: ExchangeState, order: BrokerOrder, security: Security) -> bool:
    exchange, status = security.listing.exchange, security.day.status
    return phase_to_send_in(exchange, order.order_type, state.now, status, state.usual_calendar, EVERYTHING) is not None
