"""What the broker says an account owns against what is booked, at each start and on each day (LC-99).

A difference that stays while nothing is in flight blocks the account for new risk until a named person has acted.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import date

from temporalio import activity

from activities.broker_days import BrokerDays
from broker.port import Broker, BrokerCash, BrokerPositions, NoAnswer
from ledger.accounts import Account
from ledger.ledger import Ledger
from ledger.reads.owned import Owned

CASH_TOLERANCE_VND = 1_000
"""Fees may be rounded otherwise by the broker; more than this over a day is no rounding."""

_LOOK_SECONDS = 2.0
_BLOCKED_LOOK_SECONDS = 30.0
_LOOKS_THAT_PROVE = 3


def differences(owned: Owned, cash: BrokerCash, positions: BrokerPositions) -> tuple[str, ...]:
    """One line for each figure that is not the broker's, ours first; cash counts with what sales will bring."""
    return tuple(_differences(owned, cash.settled + cash.receivable, positions))


def _differences(owned: Owned, cash: int, positions: BrokerPositions) -> Iterator[str]:
    if abs(owned.cash - cash) > CASH_TOLERANCE_VND:
        yield f"cash: {owned.cash} VND booked, {cash} at the broker"
    theirs = {row.symbol: row.owned for row in positions.rows if row.owned}
    for symbol in sorted(theirs.keys() | owned.shares.keys()):
        pair = owned.shares.get(symbol, 0), theirs.get(symbol, 0)
        if pair[0] != pair[1]:
            yield f"{symbol}: {pair[0]} shares booked, {pair[1]} at the broker"


class BalanceCheck:
    """Compares each account of a connection until its figures agree; one that is blocked is looked at more rarely."""

    def __init__(self, ledger: Ledger, broker: Broker, days: BrokerDays, connection_id: str) -> None:
        self._ledger = ledger
        self._broker = broker
        self._days = days
        self._connection_id = connection_id
        self._agreed: set[str] = set()
        self._seen: dict[str, tuple[tuple[str, ...], int]] = {}

    async def keep(self, today: date) -> None:
        """Beside the stream, until cancelled."""
        while not await self.look(today):
            is_blocked = any(looks > _LOOKS_THAT_PROVE for _, looks in self._seen.values())
            await asyncio.sleep(_BLOCKED_LOOK_SECONDS if is_blocked else _LOOK_SECONDS)

    async def look(self, today: date) -> bool:
        """Whether every account that is opened agrees by now."""
        accounts = await self._ledger.accounts_of(self._connection_id)
        for account in accounts:
            if account.opened and account.account_id not in self._agreed:
                await self._compare(account, today)
        return all(account.account_id in self._agreed for account in accounts)

    async def _compare(self, account: Account, today: date) -> None:
        found = await self._found(account, today)
        if found is None:
            return
        if not found:
            self._agreed.add(account.account_id)
            self._seen.pop(account.account_id, None)
            return
        before, looks = self._seen.get(account.account_id, ((), 0))
        looks = looks + 1 if found == before else 1
        self._seen[account.account_id] = (found, looks)
        if looks >= _LOOKS_THAT_PROVE:
            await self._block(account, today, found)

    async def _found(self, account: Account, today: date) -> tuple[str, ...] | None:
        """None while nothing can be told: in flight, no answer, or booked between the questions."""
        owned = await self._ledger.owned(account.account_id)
        if owned.in_flight:
            return None
        cash = await self._broker.cash(account.broker_account)
        positions = await self._broker.positions(account.broker_account)
        if isinstance(cash, NoAnswer) or isinstance(positions, NoAnswer):
            activity.logger.warning("the broker did not tell the balances of account %s", account.account_id)
            return None
        if await self._ledger.owned(account.account_id) != owned or await self._days.today() != today:
            return None
        return differences(owned, cash, positions)

    async def _block(self, account: Account, today: date, found: tuple[str, ...]) -> None:
        """The same difference blocks once a day: a person who resumes the account has seen it."""
        words = "; ".join(found)
        key = f"balances:{account.account_id}:{today.isoformat()}:{hashlib.sha256(words.encode()).hexdigest()[:16]}"
        if await self._ledger.block(account.account_id, key, f"{words}. Book an adjustment, or resume the account."):
            activity.logger.error("account %s is blocked: %s", account.account_id, words)
