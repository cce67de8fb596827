"""A small market in memory for the pure tests: one instant, one account, commands by keyword."""

from dataclasses import replace
from datetime import date, datetime, time

from market.calendar import VIETNAM
from market.vocabulary import OrderType, SecurityStatus, Side
from simulator.broker_order import BrokerOrder
from simulator.commands import CancelOrder, ModifyOrder, NewOrder, ParticipantOrder
from simulator.matching import send_participant_order
from simulator.order_entry import carry_out
from simulator.records import fresh_state
from simulator.reports import MatchReport, OrderReport, RefusalReport
from simulator.starting_accounts import new_account
from simulator.state import ExchangeState

DAY = date(2026, 11, 23)
ACCOUNT = "0901351"


def at(clock: str, day: date = DAY) -> datetime:
    """An instant of a day, such as `at("14:30")`."""
    return datetime.combine(day, time.fromisoformat(clock), VIETNAM)


def open_market(clock: str = "10:00", cash: int = 1_000_000_000) -> ExchangeState:
    state = fresh_state(DAY, at(clock))
    state.accounts[ACCOUNT] = new_account(ACCOUNT, cash, {"FPT": 10_000, "VIC": 5_000, "SHS": 20_000})
    return state


def place(
    state: ExchangeState,
    symbol: str = "VIC",
    side: Side = Side.BUY,
    price: int = 85_500,
    quantity: int = 100,
    order_type: OrderType = OrderType.LO,
) -> BrokerOrder:
    """Carry out a new order and return the broker's record of it."""
    request_id = str(state.counters.sequence + 1)
    carry_out(state, NewOrder(request_id, ACCOUNT, symbol, side, order_type, price, quantity, "TA"))
    return next(order for order in state.orders.values() if order.request_id == request_id)


def cancel(state: ExchangeState, order: BrokerOrder) -> BrokerOrder:
    """Carry out a cancel and return the order as it stands then."""
    request_id = str(state.counters.sequence + 1_000_000)
    carry_out(state, CancelOrder(request_id, ACCOUNT, order.order_id, order.symbol, order.side))
    return state.orders[order.order_id]


def meet(
    state: ExchangeState,
    symbol: str,
    side: Side,
    price: int,
    quantity: int,
    order_type: OrderType = OrderType.LO,
) -> ParticipantOrder:
    """Another participant's order."""
    sequence = state.next_sequence()
    order = ParticipantOrder(f"participant-{sequence}", symbol, side, price, quantity, quantity, sequence, order_type)
    send_participant_order(state, order)
    return order


def told(state: ExchangeState) -> list[str]:
    """The reports since the last call: statuses, `match` and error codes."""
    names = []
    for report in state.take_changes().reports:
        match report:
            case OrderReport():
                names.append(report.order.status.value)
            case MatchReport():
                names.append("match")
            case RefusalReport():
                names.append(report.code)
    return names


def listed_as(state: ExchangeState, symbol: str, status: SecurityStatus) -> None:
    """The exchange's word about a security."""
    security = state.securities[symbol]
    security.day = replace(security.day, status=status)


def amend(
    state: ExchangeState, order: BrokerOrder, *, price: int | None = None, quantity: int | None = None
) -> BrokerOrder:
    """Carry out an amendment as a client words it, with both figures, and return the order as it stands then."""
    request_id = str(state.counters.sequence + 2_000_000)
    now = state.orders[order.order_id]
    carry_out(
        state,
        ModifyOrder(
            request_id,
            ACCOUNT,
            order.order_id,
            order.symbol,
            order.side,
            now.order_type,
            now.price if price is None else price,
            now.quantity if quantity is None else quantity,
        ),
    )
    changed = (each for each in state.orders.values() if each.request_id == order.request_id)
    return next(changed)
