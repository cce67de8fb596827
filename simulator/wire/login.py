"""The two logins and the one-time password: no signature, and any old `Authorization` header is ignored."""

import hmac
from dataclasses import dataclass

from simulator.credentials import Credentials
from simulator.wire.calls import Call
from simulator.wire.envelopes import Answer, failure, plain_success, success
from simulator.wire.tokens import Tokens, TokenUse


@dataclass(frozen=True, slots=True)
class Login:
    credentials: Credentials
    tokens: Tokens

    def trading_token(self, call: Call) -> Answer:
        """`isSave` true checks the code and may trade; false reads only, the code is not looked at."""
        if not self._knows(call):
            return failure("Key does not exist.")
        if call.fields.get("issave") is not True:
            return self._token(TokenUse.READ)
        if not self.is_code(call.text("code")):
            return failure("Wrong PIN or OTP.")
        return self._token(TokenUse.TRADE)

    def data_token(self, call: Call) -> Answer:
        return self._token(TokenUse.DATA) if self._knows(call) else failure("Key does not exist.")

    def one_time_password(self, call: Call) -> Answer:
        """Nothing is sent anywhere: the simulator's one-time password is its PIN."""
        return plain_success() if self._knows(call) else failure("ConsumerID is invalid")

    def is_code(self, code: str) -> bool:
        return hmac.compare_digest(code, self.credentials.pin)

    def _knows(self, call: Call) -> bool:
        same_id = hmac.compare_digest(call.text("consumerID"), self.credentials.consumer_id)
        return same_id and hmac.compare_digest(call.text("consumerSecret"), self.credentials.consumer_secret)

    def _token(self, use: TokenUse) -> Answer:
        return success({"accessToken": self.tokens.issue(self.credentials.consumer_id, use)})
