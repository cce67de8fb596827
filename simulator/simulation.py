"""The running simulator: market time, the exchange's state, its journal and those who listen, on one event loop."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from failpoints import failpoint
from market.calendar import next_trading_day
from market.clock import MarketClock
from market.phases import PhaseName
from market.vocabulary import Exchange, OrderType, Side
from simulator.accounts import Account
from simulator.clock import at_time, first_instant, next_session, reset, started, trading_date_at
from simulator.commands import Command, ParticipantOrder
from simulator.committer import Collected, Committer
from simulator.faults import Fault
from simulator.given_tokens import GivenTokens
from simulator.history import History
from simulator.inbox import Inbox
from simulator.journal import Batch, Journal
from simulator.matching import send_participant_order
from simulator.participants import Participants
from simulator.passing import pass_time
from simulator.records import Meta, Recovered, StreamMessage, fresh_state, recover
from simulator.starting_accounts import starting_accounts
from simulator.storing import put_changes, put_finished_day, put_messages, put_meta, put_minute_bars, put_quoted
from simulator.trading_day import FinishedDay
from simulator.wire.trading_messages import message_of

log = logging.getLogger("simulator")

TICK_SECONDS = 0.25
SAVE_EVERY_TICKS = 12
CARRY_OUT_AFTER_SECONDS = 0.01
"""SSI answers before the order is worked on; the delay keeps that order of things on the client's side too."""


@dataclass(slots=True)
class Listeners:
    """Who hears of what is on the disk: stream messages, and the symbols of securities that have moved."""

    messages: list[Callable[[list[StreamMessage]], None]] = field(default_factory=list)
    securities: list[Callable[[set[str]], None]] = field(default_factory=list)


class Simulation:
    """All its methods run on the event loop's thread; those that change something return once it is stored."""

    def __init__(self, journal: Journal, seed: int, *, live_clock: bool = False, start: datetime | None = None) -> None:
        """A new market stands still at `start` if one is named."""
        wall = wall_now()
        self._live_clock = live_clock
        self.history = History(journal)
        recovered = recover(journal) or _new(wall, start, live_clock=live_clock)
        self.state = recovered.state
        self.state.faults.random.seed(seed)
        self.clock = started(recovered.state.now, wall, recovered.meta.rate, recovered.meta.clock_version + 1)
        self._stopped = recovered.meta.stopped
        self.participants = Participants(seed, enabled=recovered.meta.participants_enabled)
        self.participants.remember(recovered.quoted)
        self._messages = recovered.messages
        self.listeners = Listeners()
        self.inbox = Inbox(recovered.waiting, recovered.used_request_ids)
        self._unsaved = Batch()
        self._kept = self._memory()
        self._moved: set[str] = set()
        self._phase_turned = False
        self._saving: set[asyncio.Task[None]] = set()
        self._committer = Committer(journal, self._collect, self._publish)

    async def open(self) -> None:
        """Carry on where the journal ends, in whatever phase; after the close an asked end leads to a new day.

        A live clock goes to the wall's time instead, at its pace; a market that is ahead of it already stays there.
        """
        self.inbox.carry_out_all(self.state, self._unsaved)
        if self._live_clock:
            self._set_clock(now=max(self.state.now, wall_now()), rate=1)
        elif self._stopped:
            self._begin_session()
        self._stopped = False
        # Quotes that were stored go on as they are: a kill changes nothing.
        if not self.participants.quotes:
            self.participants.open_market(self.state)
        for account in starting_accounts() if not self.state.accounts else ():
            self._store_account(account)
        await self.save()

    async def close(self) -> None:
        """The last write of a simulator that was asked to end."""
        self._stopped = True
        await self.save()

    async def run(self) -> None:
        """Let time pass until cancelled."""
        ticks = 0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            ticks += 1
            self.bring_up_to_date()
            # A fast clock is saved at each tick: a kill must not set the market back by more than a moment.
            if self.clock.rate > 1 or ticks % SAVE_EVERY_TICKS == 0:
                await self.save()
            await self.saved()
            moved, self._moved = self._moved | self.participants.moved, set()
            self.participants.moved = set()
            for listener in self.listeners.securities:
                listener(moved)

    async def save(self) -> None:
        """Return when everything that has changed so far is on the disk."""
        await self._committer.commit()

    async def saved(self) -> None:
        """Return when everything that can be seen now is on the disk; at once if nothing has changed."""
        changes = self.state.changes
        unsaved = changes.orders or changes.accounts or changes.reports or self._unsaved.puts or self._phase_turned
        if unsaved or self._memory() != self._kept or self._committer.is_writing:
            await self.save()

    def bring_up_to_date(self) -> datetime:
        """Let the market, and the participants in it, run to this moment; market time."""
        phases_before = self._phases()
        for finished in pass_time(self.state, self.participants, self.clock.at(wall_now())):
            self._finish(finished)
        self._phase_turned = self._phase_turned or self._phases() != phases_before
        return self.state.now

    async def take(self, command: Command, *, before_answer: bool = False) -> None:
        """Accept a request for processing: it is on the disk when this returns, and not yet carried out.

        A fault has it carried out, and told, before its answer leaves.
        """
        failpoint("before_taking")
        self.bring_up_to_date()
        number = self.inbox.take(self.state, command, self._unsaved)
        await self.save()
        failpoint("after_taking")
        if before_answer:
            self._carry_out(number)
            return
        asyncio.get_running_loop().call_later(CARRY_OUT_AFTER_SECONDS, self._carry_out, number)

    async def set_clock(self, *, now: datetime | None = None, rate: int | None = None) -> MarketClock:
        self.inbox.carry_out_all(self.state, self._unsaved)
        self.bring_up_to_date()
        self._set_clock(now=now, rate=rate)
        self.participants.open_market(self.state)
        await self.save()
        return self.clock

    async def next_day(self, moment: time) -> MarketClock:
        """Roll to `moment` of the next trading day."""
        return await self.set_clock(now=at_time(next_trading_day(self.state.trading_date, self.state.calendar), moment))

    async def place_participant_order(
        self, symbol: str, side: Side, order_type: OrderType, price: int, quantity: int
    ) -> ParticipantOrder:
        """Another participant's order that its exchange takes now; `price` is 0 for the types that have none."""
        self.bring_up_to_date()
        sequence = self.state.next_sequence()
        order = ParticipantOrder(
            f"participant-{sequence}", symbol, side, price, quantity, quantity, sequence, order_type
        )
        send_participant_order(self.state, order)
        await self.save()
        return order

    async def enable_participants(self, *, enabled: bool) -> None:
        self.participants.enabled = enabled
        if enabled:
            self.participants.open_market(self.state)
        else:
            self.participants.withdraw(self.state)
        await self.save()

    async def store_account(self, account: Account) -> None:
        self._store_account(account)
        await self.save()

    def messages_of_today(self) -> list[StreamMessage]:
        self._forget_old_messages()
        return list(self._messages)

    def _phases(self) -> list[PhaseName]:
        return [self.state.phase_of(exchange) for exchange in Exchange]

    def _set_clock(self, *, now: datetime | None = None, rate: int | None = None) -> None:
        self.clock = reset(self.clock, wall_now(), now=now, rate=rate)
        self.bring_up_to_date()

    def _carry_out(self, number: int) -> None:
        self.inbox.answered.add(number)
        self.bring_up_to_date()
        self.inbox.carry_out(self.state, self._unsaved)
        self._save_soon()

    def _save_soon(self) -> None:
        task = asyncio.ensure_future(self.save())
        self._saving.add(task)
        task.add_done_callback(self._saving.discard)

    def _begin_session(self) -> None:
        now = next_session(self.state.now, self.state.calendar)
        if now > self.state.now:
            log.info("the day is over at %s: the market moves on to %s", self.state.now, now)
            self._set_clock(now=now)

    def _finish(self, finished: FinishedDay) -> None:
        log.info("trading day %s has ended", finished.trading_date)
        self.inbox.start_day(self._unsaved)
        put_finished_day(self._unsaved, finished)

    def _store_account(self, account: Account) -> None:
        self.state.accounts[account.number] = account
        self.state.changes.accounts[account.number] = None

    def _collect(self) -> Collected:
        batch, self._unsaved = self._unsaved, Batch()
        changes = self.state.take_changes()
        self._phase_turned = False
        self._kept = self._memory()
        self._moved |= set(changes.securities)
        self._moved |= {self.state.orders[key].symbol for key in changes.orders if key in self.state.orders}
        others = self.state.participant_orders
        self._moved |= {others[key].symbol for key in changes.participant_orders if key in others}
        messages = [message_of(report, self.state.switches) for report in changes.reports]
        put_changes(batch, self.state, changes)
        put_quoted(batch, self.state, changes, self.participants)
        put_minute_bars(batch, changes)
        put_messages(batch, messages, self.state.trading_date)
        put_meta(batch, self._meta())
        return batch, messages

    def _memory(self) -> tuple[tuple[Fault, ...], GivenTokens]:
        """What clients' calls change beside the market."""
        return tuple(self.state.faults.pending), self.state.tokens

    def _meta(self) -> Meta:
        return Meta(
            trading_date=self.state.trading_date,
            now=self.state.now,
            rate=self.clock.rate,
            clock_version=self.clock.version,
            counters=self.state.counters,
            participants_enabled=self.participants.enabled,
            switches=self.state.switches,
            overrides=self.state.calendar.overrides,
            deviations=self.state.calendar.deviations,
            deferred=tuple(self.state.deferred),
            hidden={key: until for key, until in self.state.hidden.items() if until > self.state.now},
            stopped=self._stopped,
            corporate_actions=tuple(self.state.corporate_actions),
            faults=tuple(self.state.faults.pending),
            tokens=self.state.tokens,
        )

    def _forget_old_messages(self) -> None:
        """They stand in the order of their days; whoever listens to none would otherwise keep them all."""
        today = self.state.trading_date
        if self._messages and self._messages[0].trading_date != today:
            self._messages = [message for message in self._messages if message.trading_date == today]

    def _publish(self, messages: list[StreamMessage]) -> None:
        self._messages.extend(messages)
        self._forget_old_messages()
        for listener in self.listeners.messages:
            listener(messages)
        # A fault that has just befallen a message must not come again after a kill.
        if self._memory() != self._kept:
            self._save_soon()


def wall_now() -> datetime:
    """The only place where the simulator reads the wall's clock for market time."""
    return datetime.now(UTC)


def _new(wall: datetime, start: datetime | None, *, live_clock: bool) -> Recovered:
    now = start or (wall if live_clock else first_instant(wall))
    trading_date = trading_date_at(now)
    state = fresh_state(trading_date, now)
    meta = Meta(trading_date, now, 1 if start is None else 0, 0, state.counters, participants_enabled=True)
    return Recovered(meta, state)
