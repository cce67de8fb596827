"""`FastConnect`: one connection key at SSI as the house's `Broker`. Orders are sent once and never retried."""

from collections.abc import AsyncGenerator
from datetime import date
from types import TracebackType
from typing import Self

from broker.fastconnect import books, orders
from broker.fastconnect.credentials import DEFAULT_TIMEOUTS, Credentials, Timeouts
from broker.fastconnect.messages import read_message
from broker.fastconnect.outcomes import outcome_of
from broker.fastconnect.queries import query
from broker.fastconnect.rest import Envelope, Reply, Rest
from broker.fastconnect.signing import Signer
from broker.fastconnect.stream import TradingStream, hub_url
from broker.fastconnect.tokens import LoginFailed, TokenSource, trading_login
from broker.port import (
    Book,
    BrokerCash,
    BrokerPositions,
    CancelRequest,
    NoAnswer,
    NotSent,
    Outcome,
    Reading,
    SubmitRequest,
)


class FastConnect:
    """Implements `Broker`. Raises `WrongKey` at construction when the private key cannot be read."""

    def __init__(self, credentials: Credentials, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> None:
        self._credentials = credentials
        self._signer = Signer(credentials.private_key)
        self._rest = Rest(credentials.trading_url, timeouts, credentials.user_agent)
        self._hub = Rest(hub_url(credentials.stream_url), timeouts, credentials.user_agent)
        self._reading = TokenSource("read", trading_login(self._rest, credentials, can_trade=False))
        self._trading = TokenSource("trade", trading_login(self._rest, credentials, can_trade=True))
        self._stream = TradingStream(credentials.stream_url, self._hub, self._reading, timeouts)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every pooled connection; open streams end with the code that iterates them."""
        await self._reading.aclose()
        await self._trading.aclose()
        await self._hub.aclose()
        await self._rest.aclose()

    async def submit(self, request: SubmitRequest) -> Outcome:
        return await self._send(orders.NEW_ORDER, orders.new_order(request, self._credentials))

    async def cancel(self, request: CancelRequest) -> Outcome:
        return await self._send(orders.CANCEL_ORDER, orders.cancel_order(request, self._credentials))

    async def audit_book(self, account: str) -> Book | NoAnswer:
        answer = await self._query(books.AUDIT_BOOK, account)
        return answer if isinstance(answer, NoAnswer) else books.read_book(answer.data, account)

    async def history(self, account: str, trading_date: date) -> Book | NoAnswer:
        day = trading_date.strftime("%d/%m/%Y")
        answer = await self._query(books.HISTORY, account, startDate=day, endDate=day)
        return answer if isinstance(answer, NoAnswer) else books.read_history(answer.data, account)

    async def cash(self, account: str) -> BrokerCash | NoAnswer:
        answer = await self._query(books.CASH, account)
        return answer if isinstance(answer, NoAnswer) else books.read_cash(answer.data)

    async def positions(self, account: str) -> BrokerPositions | NoAnswer:
        answer = await self._query(books.POSITIONS, account)
        return answer if isinstance(answer, NoAnswer) else books.read_positions(answer.data)

    def stream(self, resume_from: int) -> AsyncGenerator[str, None]:
        return self._stream.messages(resume_from)

    def read(self, raw: str) -> Reading:
        return read_message(raw)

    async def _send(self, path: str, body: bytes) -> Outcome:
        token = await self._trading.token()
        if isinstance(token, LoginFailed):
            return NotSent(token.text)
        signature = {"X-Signature": self._signer.sign(body)}
        exchange = await self._rest.call("POST", path, token=token.value, content=body, headers=signature)
        if isinstance(exchange, Reply) and exchange.unauthorised:
            self._trading.discard(token)
        return outcome_of(exchange)

    async def _query(self, path: str, account: str, **params: str) -> Envelope | NoAnswer:
        return await query(self._rest, self._reading, path, {"account": account, **params})
