"""An exchange told to stand in a phase: stretched, begun early or late, or halted, until it is told otherwise.

The phases themselves come from the calendar's deviations; here orders get the end of life that goes with them.
"""

from dataclasses import replace
from datetime import datetime, time

from market.calendar import VIETNAM, TradingCalendar
from market.deviations import PhaseDeviation
from market.offering import EVERYTHING
from market.order_types import Expiry, type_row
from market.phases import PhaseName
from market.sending import lives_until
from market.sessions import sessions_of
from market.vocabulary import Exchange
from simulator.security import Security
from simulator.state import ExchangeState
from simulator.trading_day import follow, turn

LAST_MOMENT = time(23, 59)
"""When an exchange that nobody told otherwise leaves its phase: what ends with it still belongs to the day."""

_EVERYWHERE = (PhaseName.CLOSED, PhaseName.HALTED)


def phases_to_stand_in(exchange: Exchange) -> tuple[PhaseName, ...]:
    """The phases that `exchange` has on a usual day, then those that any can be put into."""
    own = dict.fromkeys(row.phase for row in sessions_of(exchange, restricted=False))
    return (*own, *_EVERYWHERE)


def standing(state: ExchangeState) -> dict[Exchange, PhaseDeviation]:
    """The exchanges that stand in a phase until told otherwise."""
    return {each.exchange: each for each in state.calendar.deviations if each.until > state.now}


def stand_in(state: ExchangeState, exchange: Exchange, phase: PhaseName) -> None:
    """From now on `exchange` is in `phase`, whatever its table says, at most until `LAST_MOMENT`."""
    until = datetime.combine(state.trading_date, LAST_MOMENT, VIETNAM)
    deviation = PhaseDeviation(exchange, state.trading_date, phase, state.now, until)
    _turn(state, exchange, (*_ended(state, exchange), deviation))


def follow_table(state: ExchangeState, exchange: Exchange) -> None:
    """The table counts again: what was stretched ends now, what was halted goes on."""
    _turn(state, exchange, _ended(state, exchange))


def _ended(state: ExchangeState, exchange: Exchange) -> tuple[PhaseDeviation, ...]:
    return tuple(
        replace(each, until=state.now) if each.exchange is exchange and each.until > state.now else each
        for each in state.calendar.deviations
    )


def _turn(state: ExchangeState, exchange: Exchange, deviations: tuple[PhaseDeviation, ...]) -> None:
    concerned = [each for each in state.securities.values() if each.listing.exchange is exchange]
    ended = {security.symbol: state.phase_of_security(security).name for security in concerned}
    state.calendar = TradingCalendar(state.calendar.overrides, deviations)
    for security in concerned:
        _give_new_lives(state, security)
    for security in concerned:
        begun = state.phase_of_security(security)
        if begun.name is not ended[security.symbol]:
            turn(state, security, ended[security.symbol], begun)
    follow(state)


def _give_new_lives(state: ExchangeState, security: Security) -> None:
    """Orders of an auction live as long as it goes on; a halt keeps them until it ends."""
    phase = state.phase_of_security(security)
    state.changes.quoted[security.symbol] = None
    for order_id, resting in [(key, book.get(key)) for book in security.books.values() for key in book.order_ids()]:
        if resting is None:
            continue
        lasts = phase.name is PhaseName.HALTED or phase.takes(resting.order_type, EVERYTHING)
        ends_with_phase = type_row(resting.order_type).expires is Expiry.END_OF_PHASE
        until = (
            state.now
            if ends_with_phase and not lasts
            else lives_until(resting.order_type, phase, state.now, state.calendar)
        )
        resting.lives_until = until
        _store(state, order_id, until)


def _store(state: ExchangeState, order_id: str, until: datetime) -> None:
    """The orders that have records of their own; those of the automatic participants go with their security."""
    order, participant = state.orders.get(order_id), state.participant_orders.get(order_id)
    if order is not None:
        state.keep(replace(order, lives_until=until))
    if participant is not None:
        participant.lives_until = until
        state.changes.participant_orders[order_id] = None
