"""What the journal's records hold, and the simulator's state put together from them again."""

from dataclasses import dataclass, field
from datetime import date, datetime

from pydantic import TypeAdapter

from market.calendar import CalendarOverride, TradingCalendar
from market.deviations import PhaseDeviation
from simulator.accounts import Account
from simulator.bars import MinuteBar
from simulator.book import Book, Resting
from simulator.broker_order import BrokerOrder
from simulator.commands import CancelOrder, Command, ModifyOrder, NewOrder, ParticipantOrder
from simulator.corporate_actions import CorporateAction
from simulator.deferred import Deferred
from simulator.faults import Fault
from simulator.given_tokens import GivenTokens
from simulator.journal import Journal, Kind
from simulator.matching import restore_books
from simulator.quoted import Quoted
from simulator.security import DaySummary, Security, first_day
from simulator.state import Counters, ExchangeState
from simulator.switches import DEFAULT, Switches
from simulator.symbols import LISTINGS


@dataclass(frozen=True, slots=True)
class Meta:
    """The one record of everything that has no key: market time, counters, settings, faults and what they put off.

    `stopped` when it was written by a simulator that was asked to end, which a kill leaves no time for.
    """

    trading_date: date
    now: datetime
    rate: int
    clock_version: int
    counters: Counters
    participants_enabled: bool
    switches: Switches = DEFAULT
    overrides: tuple[CalendarOverride, ...] = ()
    deviations: tuple[PhaseDeviation, ...] = ()
    deferred: tuple[Deferred, ...] = ()
    hidden: dict[str, datetime] = field(default_factory=dict)
    stopped: bool = False
    corporate_actions: tuple[CorporateAction, ...] = ()
    faults: tuple[Fault, ...] = ()
    tokens: GivenTokens = field(default_factory=GivenTokens)


@dataclass(frozen=True, slots=True)
class StreamMessage:
    """One message of the trading stream, as text, with the account it concerns; `position` counts those of a day."""

    trading_date: date
    notify_id: int
    account: str
    text: str
    symbol: str = ""
    position: int = 0
    is_error: bool = False


@dataclass(slots=True)
class Recovered:
    """What a start finds in its folder."""

    meta: Meta
    state: ExchangeState
    used_request_ids: set[str] = field(default_factory=set)
    waiting: dict[int, Command] = field(default_factory=dict)
    messages: list[StreamMessage] = field(default_factory=list)
    quoted: dict[str, Quoted] = field(default_factory=dict)


META = TypeAdapter(Meta)
ACCOUNT = TypeAdapter(Account)
ORDER = TypeAdapter(BrokerOrder)
PARTICIPANT_ORDER = TypeAdapter(ParticipantOrder)
QUOTED = TypeAdapter(Quoted)
DAY = TypeAdapter(DaySummary)
MINUTE_BAR = TypeAdapter(MinuteBar)
MESSAGE = TypeAdapter(StreamMessage)
COMMAND: TypeAdapter[Command] = TypeAdapter(NewOrder | ModifyOrder | CancelOrder)


def fresh_state(trading_date: date, now: datetime) -> ExchangeState:
    """A market on its first day."""
    securities = {listing.symbol: Security(listing, first_day(listing, trading_date)) for listing in LISTINGS}
    return ExchangeState(trading_date=trading_date, now=now, securities=securities)


def recover(journal: Journal) -> Recovered | None:
    """The state as it was when the last write returned; None in a new folder."""
    stored = journal.read(Kind.META)
    if not stored:
        return None
    meta = META.validate_json(stored[0][1])
    state = fresh_state(meta.trading_date, meta.now)
    state.counters = meta.counters
    state.switches = meta.switches
    state.calendar = TradingCalendar(meta.overrides, meta.deviations)
    state.corporate_actions = list(meta.corporate_actions)
    state.deferred, state.hidden = list(meta.deferred), dict(meta.hidden)
    state.faults.pending, state.tokens = list(meta.faults), meta.tokens
    for symbol, text in journal.read(Kind.SECURITY):
        if symbol in state.securities:
            state.securities[symbol].day = DAY.validate_json(text)
    state.accounts = {key: ACCOUNT.validate_json(text) for key, text in journal.read(Kind.ACCOUNT)}
    state.orders = {key: ORDER.validate_json(text) for key, text in journal.read(Kind.ORDER)}
    state.participant_orders = {
        key: PARTICIPANT_ORDER.validate_json(text) for key, text in journal.read(Kind.PARTICIPANT_ORDER)
    }
    today = meta.trading_date.isoformat()
    state.minute_bars = {key: MINUTE_BAR.validate_json(text) for key, text in journal.read(Kind.MINUTE_BAR, today)}
    for order in state.orders.values():
        state.mark_open(order)
    quoted = {
        symbol: QUOTED.validate_json(text) for symbol, text in journal.read(Kind.QUOTED) if symbol in state.securities
    }
    restore_books(state, _waiting(state, quoted))
    return Recovered(
        meta,
        state,
        used_request_ids={key for key, _ in journal.read(Kind.REQUEST)},
        waiting={int(key): COMMAND.validate_json(text) for key, text in journal.read(Kind.INBOX)},
        messages=[MESSAGE.validate_json(text) for _, text in journal.read(Kind.MESSAGE)],
        quoted=quoted,
    )


def _waiting(state: ExchangeState, quoted: dict[str, Quoted]) -> list[tuple[Book, Resting]]:
    """The automatic participants' orders and where they wait."""
    return [
        (state.securities[symbol].books[board], order)
        for symbol, each in quoted.items()
        for board, orders in each.resting.items()
        for order in orders
    ]
