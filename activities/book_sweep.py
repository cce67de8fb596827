"""Reading the audit books of a connection: nothing rests on the stream alone, what it may not tell again is there."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date

from temporalio import activity

from activities.broker_days import BrokerDays
from activities.intake import Intake
from broker.port import Broker, NoAnswer
from ledger.accounts import Account
from ledger.ledger import Ledger

_ASK_AGAIN_SECONDS = 5.0
_ROUTINE_SECONDS = 15.0
"""No sign tells of the last words of a stream that fell silent and lives on: the books are read now and then anyway."""


class BookSweep:
    """A book that gives no answer proves nothing and closes nothing (LC-93); it is asked for again until it does."""

    def __init__(self, ledger: Ledger, broker: Broker, days: BrokerDays, intake: Intake) -> None:
        self._ledger = ledger
        self._broker = broker
        self._days = days
        self._intake = intake
        self._unread: Sequence[Account] = ()
        self._wanted = asyncio.Event()
        self._read: Counter[str] = Counter()

    def times_read(self, account_id: str) -> int:
        """How often the account's book was read and taken in."""
        return self._read[account_id]

    async def read(self, today: date) -> None:
        """Read every account's book once."""
        self._unread = await self._ledger.accounts_of(self._intake.connection_id)
        await self._read_unread(today)

    def want(self) -> None:
        """All books are to be read: messages may be missing (LC-90, LC-91)."""
        self._wanted.set()

    async def keep(self, today: date) -> None:
        """Read whatever is wanted, and everything now and then, beside the stream, until cancelled."""
        while True:
            wanted = await self._wanted_within(_ASK_AGAIN_SECONDS if self._unread else _ROUTINE_SECONDS)
            if wanted or not self._unread:
                self._wanted.clear()
                self._unread = await self._ledger.accounts_of(self._intake.connection_id)
            await self._read_unread(today)

    async def _wanted_within(self, seconds: float) -> bool:
        try:
            return await asyncio.wait_for(self._wanted.wait(), seconds)
        except TimeoutError:
            return False

    async def _read_unread(self, today: date) -> None:
        self._unread = [account for account in self._unread if not await self._was_read(account, today)]

    async def _was_read(self, account: Account, today: date) -> bool:
        book = await self._broker.audit_book(account.broker_account)
        if isinstance(book, NoAnswer):
            activity.logger.warning("no audit book of %s: %s", account.account_id, book.text)
            return False
        if await self._days.today() == today:
            await self._intake.book(today, book)
            self._read[account.account_id] += 1
        return True
