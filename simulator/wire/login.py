"""The two logins and the one-time password: no signature, and any old `Authorization` header is ignored."""

import hmac
from dataclasses import dataclass

from simulator.credentials import Credentials
from simulator.one_time_codes import OneTimeCodes
from simulator.simulation import Simulation
from simulator.switches import RefusalName, Switches
from simulator.wire.calls import Call
from simulator.wire.envelopes import Answer, failure, plain_success, refusal, success
from simulator.wire.tokens import Tokens, TokenUse

_ONE_TIME_CODE = "1"


@dataclass(frozen=True, slots=True)
class Login:
    credentials: Credentials
    tokens: Tokens
    one_time_codes: OneTimeCodes
    simulation: Simulation

    def trading_token(self, call: Call) -> Answer:
        """`isSave` true checks the code and may trade; false reads only, the code is not looked at.

        `twoFactorType` 1 wants the code that GetOTP sent, any other the PIN.
        """
        if not self._knows(call):
            return failure("Key does not exist.")
        if call.fields.get("issave") is not True:
            return self._token(TokenUse.READ)
        by_otp = call.text("twoFactorType") == _ONE_TIME_CODE
        if not self._may_sign_in(call.text("code"), by_otp=by_otp):
            return refusal(self._switches.words_of(RefusalName.WRONG_CODE))
        return self._token(TokenUse.TRADE)

    def data_token(self, call: Call) -> Answer:
        return self._token(TokenUse.DATA) if self._knows(call) else failure("Key does not exist.")

    def one_time_password(self, call: Call) -> Answer:
        """Nothing is sent anywhere: the control API shows the code."""
        if not self._knows(call):
            return failure("ConsumerID is invalid")
        block = self._switches.codes_before_block
        if block is not None and self.one_time_codes.unused >= block:
            return refusal(self._switches.words_of(RefusalName.BLOCKED_CODES))
        self.one_time_codes.send()
        return plain_success()

    def is_code(self, code: str) -> bool:
        return _same(code, self.credentials.pin)

    def _may_sign_in(self, code: str, *, by_otp: bool) -> bool:
        seconds = self._switches.code_seconds
        too_old = by_otp and seconds is not None and self.one_time_codes.age > seconds
        return not too_old and (self.one_time_codes.use(code) if by_otp else self.is_code(code))

    @property
    def _switches(self) -> Switches:
        return self.simulation.state.switches

    def _knows(self, call: Call) -> bool:
        same_id = _same(call.text("consumerID"), self.credentials.consumer_id)
        return same_id and _same(call.text("consumerSecret"), self.credentials.consumer_secret)

    def _token(self, use: TokenUse) -> Answer:
        return success({"accessToken": self.tokens.issue(self.credentials.consumer_id, use)})


def _same(given: str, secret: str) -> bool:
    """Bytes, since texts can be compared in constant time only when they are ASCII."""
    return hmac.compare_digest(given.encode(), secret.encode())
