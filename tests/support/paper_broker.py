"""A broker that answers from a script and an announcer that books at once, for activities over a real ledger."""

from collections.abc import AsyncGenerator
from datetime import date

from activities.announcing import OrderAnnouncer
from broker.port import (
    Accepted,
    Book,
    Broker,
    BrokerCash,
    BrokerPositions,
    CancelRequest,
    Heard,
    Interrupted,
    NoAnswer,
    Outcome,
    SubmitRequest,
)
from ledger.ledger import Ledger
from orders.stored import StoredOrder


class PaperBroker(Broker):
    """Answers `audit` for today's book and `past` for any day before; takes every order."""

    def __init__(self, audit: Book | NoAnswer, past: Book | NoAnswer = NoAnswer("no history")) -> None:  # noqa: B008 - frozen
        self.audit = audit
        self.past = past
        self.asked_history: list[date] = []

    async def submit(self, request: SubmitRequest) -> Outcome:
        return Accepted()

    async def cancel(self, request: CancelRequest) -> Outcome:
        return Accepted()

    async def audit_book(self, account: str) -> Book | NoAnswer:
        return self.audit

    async def history(self, account: str, trading_date: date) -> Book | NoAnswer:
        self.asked_history.append(trading_date)
        return self.past

    async def cash(self, account: str) -> BrokerCash | NoAnswer:
        return BrokerCash(0, 0, 0, 0)

    async def positions(self, account: str) -> BrokerPositions | NoAnswer:
        return BrokerPositions(())

    async def follow(self, resume_from: int) -> AsyncGenerator[Heard | Interrupted, None]:
        yield Heard("", None)


class PaperAnnouncer(OrderAnnouncer):
    """Books what it is told of, as the order's workflow would."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def evidence(self, stored: StoredOrder, what: str) -> None:
        await self._ledger.book(stored.order.order_id)
