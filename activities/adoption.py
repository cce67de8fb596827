"""Orders that no client of ours sent, such as those placed in SSI's own app: found, taken in and followed (LC-98)."""

import asyncio
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

from temporalio import activity

from activities.broker_days import BrokerDays
from activities.intake import Intake
from activities.opening import ENDED
from broker.port import BookRow, Broker, NoAnswer
from ledger.accounts import Account
from ledger.adopting import ADOPTION_PATIENCE, ExternalOrder, NotAdopted, Stranger
from ledger.ledger import Ledger

_LOOK_SECONDS = 1.0
_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 60.0


class Adoption:
    """What waits in the inbox for an order that we don't know is looked up in the broker's book, which tells whose it
    is and what it asks for. One that cannot be taken in now is looked up again, ever more rarely."""

    def __init__(
        self,
        ledger: Ledger,
        broker: Broker,
        days: BrokerDays,
        intake: Intake,
        patience: timedelta = ADOPTION_PATIENCE,
    ) -> None:
        self._ledger = ledger
        self._broker = broker
        self._days = days
        self._intake = intake
        self._patience = patience
        self._asked_for: frozenset[Stranger] = frozenset()
        self._pause = _FIRST_PAUSE_SECONDS
        self._next = 0.0

    async def keep(self, today: date) -> None:
        """Beside the stream, until cancelled."""
        while True:
            await self.look(today)
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self, today: date) -> None:
        strangers = frozenset(await self._ledger.strangers(self._intake.connection_id, today, self._patience))
        if not strangers or not self._may_ask(strangers):
            return
        for account in await self._ledger.accounts_of(self._intake.connection_id):
            named = {each.broker_order_id for each in strangers if each.broker_account in ("", account.broker_account)}
            if named and account.opened:  # what it owns at first is booked without the orders of the day
                await self._look_up(account, named, today)

    def _may_ask(self, strangers: frozenset[Stranger]) -> bool:
        """The book is read at once for a new one, and for those that were looked up before after a growing pause."""
        now = asyncio.get_running_loop().time()
        if not strangers <= self._asked_for:
            self._pause = _FIRST_PAUSE_SECONDS
        elif now < self._next:
            return False
        self._asked_for = strangers
        self._next = now + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE_SECONDS)
        return True

    async def _look_up(self, account: Account, broker_order_ids: Collection[str], today: date) -> None:
        book = await self._broker.audit_book(account.broker_account)
        if isinstance(book, NoAnswer):
            activity.logger.warning("nobody knows whose orders %s are: %s", sorted(broker_order_ids), book.text)
            return
        if await self._days.today() != today:
            return  # ids begin anew each day
        still_open = frozenset(row.broker_order_id for row in book.rows if row.report.state not in ENDED)
        adopted = [
            await self._adopt(account, row, today, still_open)
            for row in book.rows
            if row.broker_order_id in broker_order_ids
        ]
        if any(adopted):
            await self._intake.messages(today, ())

    async def _adopt(self, account: Account, row: BookRow, today: date, still_open: Collection[str]) -> bool:
        if row.terms is None:
            activity.logger.warning("order %s at the broker cannot be taken in: %s", row.broker_order_id, row)
            return False
        terms = row.terms
        found = ExternalOrder(
            terms.symbol,
            terms.side,
            terms.order_type,
            terms.quantity,
            terms.price,
            row.report,
            nameless=not (row.request_id or row.external),
        )
        market_now, wall_now = await self._days.market_now(), datetime.now(UTC)
        adopted = await self._ledger.adopt(account.account_id, today, found, market_now, wall_now, still_open)
        if isinstance(adopted, NotAdopted):
            activity.logger.warning("order %s at the broker is not taken in: %s", row.broker_order_id, adopted)
            return False
        activity.logger.info("order %s at the broker is now %s", row.broker_order_id, adopted.order.order_id)
        return True
