"""How many orders a second the simulator's engine carries out on one core: `python -m bench.simulator_engine`.

No HTTP and no disk: commands in, executions and the stream's messages out.
"""

import random
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bench.drawn_orders import STEP, SYMBOLS, drawn_terms
from market.calendar import VIETNAM
from market.vocabulary import OrderType
from simulator.commands import CancelOrder, Command, ModifyOrder, NewOrder
from simulator.order_entry import carry_out
from simulator.records import fresh_state
from simulator.reports import MatchReport
from simulator.starting_accounts import new_account
from simulator.state import ExchangeState
from simulator.trading_day import advance
from simulator.wire.trading_messages import message_of

AIM = 500
ORDERS = 5_000

_DAY = date(2026, 3, 11)
_TEN = datetime(2026, 3, 11, 10, tzinfo=VIETNAM)
_ACCOUNT = "0000001"
_CASH = 10**15
_SHARES = 10**9
_LATEST = 100
"""An amendment or a cancel means one of so many orders before it."""


@dataclass(frozen=True, slots=True)
class EngineSpeed:
    """`orders` new orders with their amendments and cancels took `seconds`; the counts repeat with the seed."""

    orders: int
    requests: int
    executions: int
    messages: int
    seconds: float

    @property
    def orders_per_second(self) -> float:
        return self.orders / self.seconds


def engine_speed(orders: int = ORDERS, seed: int = 1) -> EngineSpeed:
    """Carry out `orders` limit orders around the reference prices, every fifth amended and every fourth cancelled."""
    chance, state = random.Random(seed), _market()
    requests = executions = messages = 0
    started = time.perf_counter()
    for number in range(orders):
        advance(state, state.now + timedelta(milliseconds=1))
        for command in _commands(state, chance, number):
            carry_out(state, command)
            requests += 1
        reports = state.take_changes().reports
        executions += sum(isinstance(report, MatchReport) for report in reports)
        messages += len([message_of(report) for report in reports])
    return EngineSpeed(orders, requests, executions, messages, time.perf_counter() - started)


def _market() -> ExchangeState:
    state = fresh_state(_DAY, _TEN)
    state.accounts[_ACCOUNT] = new_account(_ACCOUNT, _CASH, dict.fromkeys(SYMBOLS, _SHARES))
    return state


def _commands(state: ExchangeState, chance: random.Random, number: int) -> list[Command]:
    """A new order; now and then the change of an earlier one that may have ended in the meantime."""
    commands: list[Command] = [_new_order(state, chance, number)]
    if not state.orders:
        return commands
    earlier = state.orders[chance.choice(list(state.orders)[-_LATEST:])]
    if number % 5 == 0:
        commands.append(
            ModifyOrder(
                f"5{number:07d}",
                _ACCOUNT,
                earlier.order_id,
                earlier.symbol,
                earlier.side,
                OrderType.LO,
                earlier.price,
                earlier.quantity + STEP,
            )
        )
    if number % 4 == 0:
        commands.append(CancelOrder(f"7{number:07d}", _ACCOUNT, earlier.order_id, earlier.symbol, earlier.side))
    return commands


def _new_order(state: ExchangeState, chance: random.Random, number: int) -> NewOrder:
    terms = drawn_terms(chance, {symbol: state.securities[symbol].day.reference for symbol in SYMBOLS})
    price = terms.price or 0
    return NewOrder(f"1{number:07d}", _ACCOUNT, terms.symbol, terms.side, terms.order_type, price, terms.quantity, "TA")


if __name__ == "__main__":
    speed = engine_speed()
    print(
        f"{speed.orders_per_second:,.0f} orders a second on one core (aim: {AIM:,}); {speed.requests:,} requests, "
        f"{speed.executions:,} executions, {speed.messages:,} messages"
    )
