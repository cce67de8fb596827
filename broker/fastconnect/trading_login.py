"""The right to send orders: by PIN without anybody, or by one-time codes that a person is asked for in time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from broker.fastconnect.credentials import Credentials
from broker.fastconnect.one_time_codes import OneTimeCodes
from broker.fastconnect.renewal import needed_by
from broker.fastconnect.rest import Obstacle, Rest, Unreached
from broker.fastconnect.tokens import LoginFailed, Logins, Token, TokenSource
from broker.fastconnect.unknowns import SsiBehaviour
from broker.port import NeedsOtp, NoAnswer, OtpRequested, OtpWithheld, SignedIn, SignedOut, TradingAccess

PIN = 0
ONE_TIME_CODE = 1


class FastConnectLogin:
    """Implements `TradingLogin` for one connection key."""

    def __init__(
        self, rest: Rest, credentials: Credentials, behaviour: SsiBehaviour, now: Callable[[], float] = time.time
    ) -> None:
        self._now = now
        self._by_code = credentials.two_factor_type == ONE_TIME_CODE
        self._codes = OneTimeCodes(rest, credentials, behaviour.otp_requests_before_block)
        logins = Logins(rest, credentials, behaviour)
        self.tokens = TokenSource("trade", logins.by_code(self._codes) if self._by_code else logins.trading, now)

    @property
    def by_code(self) -> bool:
        return self._by_code

    async def access(self) -> TradingAccess:
        if self._by_code and self.tokens.current is not None and self.tokens.is_due:
            return self._task("the trading token ends soon")
        return self._access(await self.tokens.token())

    async def request_otp(self) -> OtpRequested | OtpWithheld | NoAnswer:
        if not self._by_code:
            return OtpWithheld("this connection signs in by PIN and needs no one-time code")
        return await self._codes.request()

    async def enter_otp(self, code: str) -> TradingAccess:
        if not self._by_code:
            return await self.access()
        if not self._codes.enter(code):
            return self._task("that was no one-time code: one has 4 to 12 letters or digits")
        return self._access(await self.tokens.login_now())

    def obstacle(self, failed: LoginFailed) -> Unreached:
        """Why an order cannot leave."""
        if self._by_code:
            task = self._task(failed.text)
            return Unreached(task.text, Obstacle.NEEDS_OTP, needs_otp=task)
        return Unreached(failed.text, Obstacle.NO_TOKEN)

    def _access(self, answer: Token | LoginFailed) -> TradingAccess:
        if isinstance(answer, Token):
            return SignedIn(datetime.fromtimestamp(answer.expires_at, UTC))
        return self._task(answer.text) if self._by_code else SignedOut(answer.text, answer.refused)

    def _task(self, text: str) -> NeedsOtp:
        token = self.tokens.current
        return NeedsOtp(needed_by(self._now() if token is None else token.expires_at), self._codes.left, text)
