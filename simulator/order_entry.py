"""What the broker does with a client's request once it has taken it: refuse it, hold it, send it on, or change it."""

from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from market.reserve import reserve_price
from market.vocabulary import Side
from simulator.accounts import Account
from simulator.broker_order import BrokerOrder, OrderStatus, cash_hold, share_hold
from simulator.commands import CancelOrder, Command, ModifyOrder, NewOrder
from simulator.faults import FaultKind, Occasion
from simulator.holding import Holdable, Sendable, judge, terms_of
from simulator.matching import send
from simulator.order_changes import cancel, modify
from simulator.refusals import (
    NOT_ENOUGH_CASH,
    NOT_ENOUGH_SHARES,
    REJECTED_BY_EXCHANGE,
    UNKNOWN_TICKER,
    Refusal,
)
from simulator.security import Security
from simulator.state import ExchangeState

IBOARD_CHANNEL = "WT"
HIDDEN_MS = 5_000


def carry_out(state: ExchangeState, command: Command) -> None:
    """Do at `state.now` what a taken request asks for; the outcome is in the state's changes."""
    occasion = Occasion(command.name, command.account, command.symbol)
    skew = state.faults.draw(FaultKind.CLOCK_SKEW, occasion)
    state.skew = timedelta(milliseconds=0 if skew is None else skew.value)
    match command:
        case NewOrder():
            _place_with_surprises(state, command)
        case ModifyOrder():
            modify(state, command)
        case CancelOrder():
            cancel(state, command)
        case _:
            assert_never(command)
    state.skew = timedelta()


def _place_with_surprises(state: ExchangeState, command: NewOrder) -> None:
    order = place(state, command)
    hidden = state.draw(FaultKind.BOOK_MISSES_ORDER, order, command.name)
    if hidden is not None:
        state.hidden[order.order_id] = state.now + timedelta(milliseconds=hidden.value or HIDDEN_MS)
    if state.draw(FaultKind.UNKNOWN_EXTERNAL_ORDER, order, command.name) is not None:
        place_elsewhere(state, command)


def place_elsewhere(state: ExchangeState, terms: NewOrder, channel: str = IBOARD_CHANNEL) -> BrokerOrder:
    """An order of the account that none of its API clients sent, under a request id of SSI's own."""
    request_id = f"9{state.next_sequence() % 10_000_000:07d}"
    return place(state, replace(terms, request_id=request_id, channel=channel))


def place(state: ExchangeState, command: NewOrder) -> BrokerOrder:
    """The order as the broker has it after its first step."""
    order = _new_order(state, command)
    security = state.securities.get(command.symbol)
    if security is None:
        return _refuse(state, command, order, UNKNOWN_TICKER)
    order = replace(order, reserve_price=_reserve_price(order, security))
    wrongly = state.draw(FaultKind.FILL_AFTER_REJECT, order, command.name)
    if wrongly is not None:
        refused = _refuse(state, command, order, REJECTED_BY_EXCHANGE)
        state.defer(wrongly, refused, order.price or security.day.close, order.quantity)
        return refused
    verdict = judge(state, order, security)
    if isinstance(verdict, Refusal):
        return _refuse(state, command, order, verdict)
    refusal = _short_of_funds(state.accounts[command.account], order)
    if refusal is not None:
        return _refuse(state, command, order, refusal)
    return _accept(state, order, verdict)


def _accept(state: ExchangeState, order: BrokerOrder, verdict: Sendable | Holdable) -> BrokerOrder:
    order = replace(order, order_id=state.next_order_id())
    match verdict:
        case Sendable():
            send(state, order)
        case Holdable():
            state.keep(order)
            state.report(order)
        case _:
            assert_never(verdict)
    return state.orders[order.order_id]


def _reserve_price(order: BrokerOrder, security: Security) -> int:
    return reserve_price(terms_of(order, security), security.instrument, security.day.last or None)


def _short_of_funds(account: Account, order: BrokerOrder) -> Refusal | None:
    match order.side:
        case Side.SELL:
            enough = share_hold(order) <= account.position(order.symbol).sellable
            return None if enough else NOT_ENOUGH_SHARES
        case Side.BUY:
            enough = cash_hold(order, account.fees) <= account.purchasing_power
            return None if enough else NOT_ENOUGH_CASH


def _new_order(state: ExchangeState, command: NewOrder) -> BrokerOrder:
    return BrokerOrder(
        order_id=f"T{state.trading_date:%Y%m%d}{state.switches.prefix}{command.request_id.zfill(8)}",
        account=command.account,
        symbol=command.symbol,
        side=command.side,
        order_type=command.order_type,
        price=command.price,
        quantity=command.quantity,
        request_id=command.request_id,
        unique_id=command.request_id,
        channel=command.channel,
        status=OrderStatus.IAV,
        sequence=state.next_sequence(),
        entered_at=state.stamp,
        modified_at=state.stamp,
    )


def _refuse(state: ExchangeState, command: NewOrder, order: BrokerOrder, refusal: Refusal) -> BrokerOrder:
    refused = replace(order, status=OrderStatus.RJ, reject_code=refusal.code, reject_reason=refusal.reason)
    state.keep(refused)
    state.report_refusal(command, refused, refusal)
    return refused
