"""`FastConnect`: one connection key at SSI as the house's `Broker`. Orders are sent once and never retried."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import date
from types import TracebackType
from typing import Self

import structlog

from broker.fastconnect import books, orders, power
from broker.fastconnect.credentials import DEFAULT_TIMEOUTS, Credentials, Timeouts
from broker.fastconnect.device import device_id
from broker.fastconnect.following import follow
from broker.fastconnect.messages import read_message
from broker.fastconnect.outcomes import is_throttled, is_unauthorised, outcome_of, told_rest
from broker.fastconnect.queries import Queries
from broker.fastconnect.quotas import RATE_LIMIT, Call, Quota, Urgency, call_name, read_quotas
from broker.fastconnect.rate_limiter import RateLimiter
from broker.fastconnect.rest import Exchange, Obstacle, Reply, Rest, Unreached
from broker.fastconnect.signing import Signer
from broker.fastconnect.stream import TradingStream, hub_url
from broker.fastconnect.tokens import LoginFailed, Logins, TokenSource
from broker.fastconnect.trading_login import FastConnectLogin
from broker.fastconnect.unknowns import SsiBehaviour, behaviour_at
from broker.port import (
    AmendRequest,
    Book,
    BrokerCash,
    BrokerPositions,
    CancelRequest,
    Heard,
    Interrupted,
    MarginState,
    MaximumOrder,
    NoAnswer,
    OtpRequested,
    OtpWithheld,
    Outcome,
    Reading,
    Refused,
    SubmitRequest,
    TradingAccess,
)

_LIMITS_AGAIN_SECONDS = 1_800.0
_LIMITS_SOON_SECONDS = 30.0

_log = structlog.get_logger()


class FastConnect:
    """Implements `Broker`, `TradingLogin` and `BuyingPower`.

    Raises `WrongKey` or `WrongDeviceId` at construction when the private key or the device id cannot be used.
    """

    def __init__(
        self,
        credentials: Credentials,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        behaviour: SsiBehaviour | None = None,
    ) -> None:
        self._behaviour = behaviour if behaviour is not None else behaviour_at(credentials.trading_url)
        device = device_id(credentials.device_id, must_be_mac=self._behaviour.device_id_is_mac)
        self._credentials = replace(credentials, device_id=device)
        self._timeouts = timeouts
        self._signer = Signer(credentials.private_key)
        mask, agent = credentials.without_secrets, credentials.user_agent
        self._rest = Rest(credentials.trading_url, timeouts, agent, mask)
        self._hub = Rest(hub_url(credentials.stream_url), timeouts, agent, mask)
        self._login = FastConnectLogin(self._rest, credentials, self._behaviour)
        self._reading = self._reading_tokens()
        self._limiter = RateLimiter(self._behaviour.assumed_quotas, self._behaviour.quota_scope)
        self._queries = Queries(
            self._rest,
            self._reading,
            self._limiter,
            patience=timeouts.turn,
            rest_seconds=self._behaviour.throttled_rest_seconds,
        )
        self._stream = TradingStream(credentials.stream_url, self._hub, self._reading, timeouts, self._behaviour)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every pooled connection; open streams end with the code that iterates them."""
        await self._reading.aclose()
        await self._login.tokens.aclose()
        await self._hub.aclose()
        await self._rest.aclose()

    async def submit(self, request: SubmitRequest) -> Outcome:
        body = orders.new_order(request, self._credentials, self._behaviour)
        return await self._send(orders.NEW_ORDER, Urgency.ORDER, request, body)

    async def amend(self, request: AmendRequest) -> Outcome:
        body = orders.modify_order(request, self._credentials, self._behaviour)
        if isinstance(body, Refused):
            return body
        return await self._send(orders.MODIFY_ORDER, Urgency.AMEND, request, body)

    async def cancel(self, request: CancelRequest) -> Outcome:
        body = orders.cancel_order(request, self._credentials)
        return await self._send(orders.CANCEL_ORDER, Urgency.CANCEL, request, body)

    @property
    def by_code(self) -> bool:
        return self._login.by_code

    async def access(self) -> TradingAccess:
        return await self._login.access()

    async def request_otp(self) -> OtpRequested | OtpWithheld | NoAnswer:
        return await self._login.request_otp()

    async def enter_otp(self, code: str) -> TradingAccess:
        return await self._login.enter_otp(code)

    async def audit_book(self, account: str) -> Book | NoAnswer:
        answer = await self._queries.envelope(books.AUDIT_BOOK, {"account": account})
        return answer if isinstance(answer, NoAnswer) else books.read_book(answer.data, account, self._behaviour)

    async def order_book(self, account: str) -> Book | NoAnswer:
        """Today's orders without what was refused on them; the audit book tells more."""
        answer = await self._queries.envelope(books.ORDER_BOOK, {"account": account})
        return answer if isinstance(answer, NoAnswer) else books.read_book(answer.data, account, self._behaviour)

    async def history(self, account: str, trading_date: date) -> Book | NoAnswer:
        return await books.whole_history(self._queries, account, trading_date)

    async def cash(self, account: str) -> BrokerCash | NoAnswer:
        answer = await self._queries.envelope(books.CASH, {"account": account})
        return answer if isinstance(answer, NoAnswer) else books.read_cash(answer.data, self._behaviour)

    async def positions(self, account: str) -> BrokerPositions | NoAnswer:
        answer = await self._queries.envelope(books.POSITIONS, {"account": account})
        return answer if isinstance(answer, NoAnswer) else books.read_positions(answer.data)

    async def maximum_buy(self, account: str, symbol: str, price: int) -> MaximumOrder | NoAnswer:
        params = {"account": account, "instrumentID": symbol, "price": str(price)}
        answer = await self._queries.envelope(power.MAXIMUM_BUY, params)
        return answer if isinstance(answer, NoAnswer) else power.read_maximum_buy(answer.data)

    async def maximum_sell(self, account: str, symbol: str) -> MaximumOrder | NoAnswer:
        answer = await self._queries.envelope(power.MAXIMUM_SELL, {"account": account, "instrumentID": symbol})
        return answer if isinstance(answer, NoAnswer) else power.read_maximum_sell(answer.data)

    async def margin(self, account: str) -> MarginState | NoAnswer:
        answer = await self._queries.envelope(power.MARGIN, {"account": account})
        return answer if isinstance(answer, NoAnswer) else power.read_margin(answer.data)

    async def read_limits(self) -> tuple[Quota, ...] | NoAnswer:
        """Ask SSI for the rate limits and obey them from now on; without an answer those before stay in force."""
        answer = await self._queries.envelope(RATE_LIMIT, {})
        quotas = answer if isinstance(answer, NoAnswer) else read_quotas(answer.data)
        if isinstance(quotas, NoAnswer):
            _log.warning("broker_limits_unread", reason=quotas.text)
            return quotas
        self._limiter.obey(quotas)
        return quotas

    async def keep_limits(self) -> None:
        """Read the rate limits now and every half hour, until cancelled: for a worker to run beside its queues."""
        while True:
            failed = isinstance(await self.read_limits(), NoAnswer)
            await asyncio.sleep(_LIMITS_SOON_SECONDS if failed else _LIMITS_AGAIN_SECONDS)

    def stream(self, resume_from: int) -> AsyncGenerator[str, None]:
        return self._stream.messages(resume_from)

    def follow(self, resume_from: int) -> AsyncGenerator[Heard | Interrupted, None]:
        return follow(self._stream.messages, resume_from, self._behaviour)

    def read(self, raw: str) -> Reading:
        return read_message(raw)

    def _reading_tokens(self) -> TokenSource:
        if self._behaviour.login_ends_older_tokens:
            return self._login.tokens
        return TokenSource("read", Logins(self._rest, self._credentials, self._behaviour).reading)

    async def _send(
        self, path: str, urgency: Urgency, request: SubmitRequest | AmendRequest | CancelRequest, body: bytes
    ) -> Outcome:
        order = request.broker_order_id if isinstance(request, CancelRequest) else ""
        call = Call(request.account, "POST", call_name(path), urgency, order)
        exchange = await self._exchange(path, call, body)
        if isinstance(exchange, Reply) and is_throttled(exchange):
            self._limiter.pause(call, told_rest(exchange) or self._behaviour.throttled_rest_seconds)
        return outcome_of(exchange, self._behaviour, sent_before=request.sent_before)

    async def _exchange(self, path: str, call: Call, body: bytes) -> Exchange:
        token = await self._login.tokens.token()
        if isinstance(token, LoginFailed):
            return self._login.obstacle(token)
        late = await self._limiter.turn(call, self._timeouts.turn)
        if late is not None:
            text = f"no turn for {call.name} under SSI's rate limits within {self._timeouts.turn:g} s"
            return Unreached(text, Obstacle.NO_TURN, late.seconds)
        signature = {"X-Signature": self._signer.sign(body)}
        exchange = await self._rest.call("POST", path, token=token.value, content=body, headers=signature)
        if is_unauthorised(exchange, self._behaviour):
            self._login.tokens.discard(token)
        return exchange
