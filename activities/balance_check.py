"""What the broker says an account owns against what is booked, at each start and on each day (LC-99).

A difference that stays while nothing is in flight blocks the account for new risk until a named person has acted.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from temporalio import activity

from activities.broker_days import BrokerDays
from broker.port import Broker, BrokerCash, BrokerPositions, NoAnswer
from ledger.accounts import Account
from ledger.ledger import Ledger
from ledger.postings import CASH
from ledger.reads.owned import Owned

CASH_TOLERANCE_VND = 1_000
"""Fees may be rounded otherwise by the broker; more than this over a day is no rounding."""

PROOF_SECONDS = 60.0
"""The broker's balances follow its order stream late, by seconds: a younger difference may be nothing but that."""

_LOOKS_THAT_PROVE = 3
_READS_THAT_PROVE = 2
"""The first of them may have begun before the difference was seen."""

_LOOK_SECONDS = 2.0
_DIFFERING_LOOK_SECONDS = 15.0
_BLOCKED_LOOK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Difference:
    """One asset of which we have booked another amount, in VND or shares, than the broker tells."""

    asset: str
    booked: int
    told: int

    def __str__(self) -> str:
        if self.asset == CASH:
            return f"cash: {self.booked} VND booked, {self.told} at the broker"
        return f"{self.asset}: {self.booked} shares booked, {self.told} at the broker"

    @property
    def mark(self) -> str:
        """The same after trades of ours that both sides have counted, but for the rounding of their fees."""
        more = self.told - self.booked
        if self.asset == CASH:
            more = (more + CASH_TOLERANCE_VND // 2) // CASH_TOLERANCE_VND
        return f"{self.asset}:{more}"


@dataclass(frozen=True, slots=True)
class _Compared:
    differences: tuple[Difference, ...]
    rounding: int


@dataclass(frozen=True, slots=True)
class _Seen:
    """Differences that stay, since the first look that found them; `books_read` as it stood then."""

    differences: tuple[Difference, ...]
    since: float
    books_read: int
    looks: int = 1
    proven: bool = False


def differences(owned: Owned, cash: BrokerCash, positions: BrokerPositions) -> tuple[Difference, ...]:
    """Every figure that is not the broker's; cash counts with what sales will bring."""
    return tuple(_differences(owned, cash, positions))


def _differences(owned: Owned, cash: BrokerCash, positions: BrokerPositions) -> Iterator[Difference]:
    if abs(_cash_more(owned, cash)) > CASH_TOLERANCE_VND:
        yield Difference(CASH, owned.cash, owned.cash + _cash_more(owned, cash))
    theirs = {row.symbol: row.owned for row in positions.rows if row.owned}
    for symbol in sorted(theirs.keys() | owned.shares.keys()):
        found = Difference(symbol, owned.shares.get(symbol, 0), theirs.get(symbol, 0))
        if found.booked != found.told:
            yield found


def _cash_more(owned: Owned, cash: BrokerCash) -> int:
    return cash.settled + cash.receivable - owned.cash


class BalanceCheck:
    """Compares each account of a connection until its figures agree; one that differs is looked at more rarely.

    `books_read` tells how often the book of an account was read: what the stream has lost must be booked before a
    difference is believed. `clock` is any steady one, in seconds.
    """

    def __init__(
        self,
        ledger: Ledger,
        broker: Broker,
        days: BrokerDays,
        connection_id: str,
        books_read: Callable[[str], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = ledger
        self._broker = broker
        self._days = days
        self._connection_id = connection_id
        self._books_read = books_read
        self._clock = clock
        self._agreed: set[str] = set()
        self._seen: dict[str, _Seen] = {}

    async def keep(self, today: date) -> None:
        """Beside the stream, until cancelled."""
        while True:
            if await self.look(today):
                return
            await asyncio.sleep(self._pause())

    async def look(self, today: date) -> bool:
        """Whether every account that is opened agrees by now."""
        accounts = await self._ledger.accounts_of(self._connection_id)
        for account in accounts:
            if account.opened and account.account_id not in self._agreed:
                await self._compare(account, today)
        return all(account.account_id in self._agreed for account in accounts)

    def _pause(self) -> float:
        if any(seen.proven for seen in self._seen.values()):
            return _BLOCKED_LOOK_SECONDS
        return _DIFFERING_LOOK_SECONDS if self._seen else _LOOK_SECONDS

    async def _compare(self, account: Account, today: date) -> None:
        compared = await self._compared(account, today)
        if compared is None:
            return
        if compared.differences:
            await self._differs(account, today, compared.differences)
            return
        if compared.rounding:
            await self._ledger.book_rounding(account.account_id, today, compared.rounding)
        self._agreed.add(account.account_id)
        self._seen.pop(account.account_id, None)

    async def _differs(self, account: Account, today: date, found: tuple[Difference, ...]) -> None:
        """What is booked or told anew, be it the same amount apart, begins to prove anew."""
        seen, books_read = self._seen.get(account.account_id), self._books_read(account.account_id)
        if seen is None or seen.differences != found:
            self._seen[account.account_id] = _Seen(found, self._clock(), books_read)
            return
        looks = seen.looks + 1
        lasted = self._clock() - seen.since >= PROOF_SECONDS and books_read - seen.books_read >= _READS_THAT_PROVE
        proven = lasted and looks >= _LOOKS_THAT_PROVE
        self._seen[account.account_id] = replace(seen, looks=looks, proven=proven)
        if proven:
            await self._block(account, today, found)

    async def _compared(self, account: Account, today: date) -> _Compared | None:
        """None while nothing can be told: in flight, no answer, or booked between the questions."""
        owned = await self._ledger.owned(account.account_id, today)
        if owned.in_flight:
            return None
        cash = await self._broker.cash(account.broker_account)
        positions = await self._broker.positions(account.broker_account)
        if isinstance(cash, NoAnswer) or isinstance(positions, NoAnswer):
            activity.logger.warning("the broker did not tell the balances of account %s", account.account_id)
            return None
        if await self._ledger.owned(account.account_id, today) != owned or await self._days.today() != today:
            return None
        return _Compared(differences(owned, cash, positions), _cash_more(owned, cash))

    async def _block(self, account: Account, today: date, found: tuple[Difference, ...]) -> None:
        """The same difference blocks once a day: a person who resumes the account has seen it."""
        words = "; ".join(str(each) for each in found)
        marks = ";".join(each.mark for each in found)
        key = f"balances:{account.account_id}:{today.isoformat()}:{hashlib.sha256(marks.encode()).hexdigest()[:16]}"
        if await self._ledger.block(account.account_id, key, f"{words}. Book an adjustment, or resume the account."):
            activity.logger.error("account %s is blocked: %s", account.account_id, words)
