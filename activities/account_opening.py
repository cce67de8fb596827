"""Opening accounts that the ledger has never funded, each by itself: one that cannot be opened stops nobody else."""

import asyncio
from dataclasses import dataclass
from datetime import date

from temporalio import activity

from activities.broker_days import BrokerDays
from activities.opening import opening_of
from broker.port import Book, Broker, NoAnswer
from ledger.accounts import Account, AlertKind
from ledger.ledger import Ledger
from ledger.settlement import Opening

_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 30.0
_ALERT_AFTER_SECONDS = 60.0
_LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _NotNow:
    why: str


class AccountOpening:
    """An account starts with what the broker says it had before today's orders. Until then it has nothing, so nothing
    of it is accepted."""

    def __init__(
        self,
        ledger: Ledger,
        broker: Broker,
        days: BrokerDays,
        *,
        first_pause_seconds: float = _FIRST_PAUSE_SECONDS,
        alert_after_seconds: float = _ALERT_AFTER_SECONDS,
        look_seconds: float = _LOOK_SECONDS,
    ) -> None:
        self._ledger = ledger
        self._broker = broker
        self._days = days
        self._first_pause_seconds = first_pause_seconds
        self._alert_after_seconds = alert_after_seconds
        self._look_seconds = look_seconds

    async def keep(self, today: date) -> None:
        """Beside the day's watch, until cancelled: a person may make an account known at any time."""
        begun: set[str] = set()
        async with asyncio.TaskGroup() as group:
            while True:
                for account in await self._unopened():
                    if account.account_id not in begun:
                        begun.add(account.account_id)
                        group.create_task(self._open(account, today))
                await asyncio.sleep(self._look_seconds)

    async def _unopened(self) -> list[Account]:
        connections = await self._ledger.connections()
        known = [
            each for connection in connections for each in await self._ledger.accounts_of(connection.connection_id)
        ]
        return [account for account in known if not account.opened]

    async def _open(self, account: Account, today: date) -> None:
        loop_time = asyncio.get_running_loop().time
        alert_at, alerted, pause = loop_time() + self._alert_after_seconds, False, self._first_pause_seconds
        while isinstance(opening := await self._opening(account, today), _NotNow):
            activity.logger.warning("account %s is not opened: %s", account.account_id, opening.why)
            if not alerted and loop_time() >= alert_at:
                await self._alert(account, today, opening)
                alerted = True
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        await self._ledger.open_balances(account.account_id, today, opening)

    async def _opening(self, account: Account, today: date) -> Opening | _NotNow:
        number = account.broker_account
        before, cash = await self._broker.audit_book(number), await self._broker.cash(number)
        held, after = await self._broker.positions(number), await self._broker.audit_book(number)
        if isinstance(cash, NoAnswer):
            return _NotNow(f"the broker did not tell its cash: {cash.text}")
        if isinstance(held, NoAnswer):
            return _NotNow(f"the broker did not tell its shares: {held.text}")
        unread = _unread(after)
        if isinstance(after, NoAnswer) or unread:
            return _NotNow(f"the broker did not tell its orders: {unread}")
        if before != after:
            return _NotNow("it traded while its balances were read")
        if await self._days.today() != today:
            return _NotNow("the day turned while its balances were read")
        return opening_of(cash, held, after, account.fees, await self._known(after, today))

    async def _known(self, book: Book, today: date) -> frozenset[str]:
        """The symbols of `book` that have reference data: orders of others are never adopted."""
        symbols = {row.terms.symbol for row in book.rows if row.terms is not None}
        return frozenset([symbol for symbol in symbols if await self._ledger.instrument(symbol, today) is not None])

    async def _alert(self, account: Account, today: date, not_now: _NotNow) -> None:
        key = f"{AlertKind.ACCOUNT_NOT_OPENED}:{account.account_id}:{today.isoformat()}"
        text = f"The account takes no orders, since {not_now.why}. It is tried again and again."
        await self._ledger.raise_alert(AlertKind.ACCOUNT_NOT_OPENED, key, text, account_id=account.account_id)


def _unread(book: Book | NoAnswer) -> str:
    """Why not every order of the book is known: what an odd row did to the balances cannot be taken back."""
    if isinstance(book, NoAnswer):
        return book.text
    return book.odd[0].reason if book.odd else ""
