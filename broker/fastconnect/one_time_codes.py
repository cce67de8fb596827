"""Codes that a person enters for a trading login: each is used for one login, and only so many may be asked for."""

import json
import re

from broker.fastconnect.credentials import Credentials
from broker.fastconnect.rest import Rest, answer_of
from broker.port import NoAnswer, OtpRequested, OtpWithheld

GET_OTP = "api/v2/Trading/GetOTP"

_FORM = re.compile(r"[0-9A-Za-z]{4,12}")


class OneTimeCodes:
    """The codes of one connection key; one given at start counts as entered."""

    def __init__(self, rest: Rest, credentials: Credentials, most_requests: int) -> None:
        self._rest = rest
        self._credentials = credentials
        self._most_requests = most_requests
        self._requested = 0
        self._code = credentials.code

    @property
    def left(self) -> int:
        """How many more may be asked for before one is used; SSI blocks codes after too many (SSI-U14)."""
        return max(0, self._most_requests - self._requested)

    def enter(self, code: str) -> bool:
        """Keep the code for the next login; False when it is no code: 4 to 12 letters or digits."""
        if not _FORM.fullmatch(code):
            return False
        self._code = code
        return True

    def take(self) -> str:
        """The code that was entered, once; empty when there is none."""
        code, self._code = self._code, ""
        return code

    def accepted(self) -> None:
        """SSI has taken a code: the count of requests begins anew."""
        self._requested = 0

    async def request(self) -> OtpRequested | OtpWithheld | NoAnswer:
        if not self.left:
            return OtpWithheld(
                f"{self._requested} codes were asked for and none was used; one more would have SSI block them:"
                " enter the last one, or read a code from SSI's app"
            )
        self._requested += 1
        body = {"consumerID": self._credentials.consumer_id, "consumerSecret": self._credentials.consumer_secret}
        answer = answer_of(await self._rest.call("POST", GET_OTP, content=json.dumps(body).encode()))
        return answer if isinstance(answer, NoAnswer) else OtpRequested(self.left)
