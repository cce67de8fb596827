"""SSI's rate limits as it tells them (`rateLimit`): which calls a quota covers, and how many in which time.

Grammar of SSI's guide: `endpoint` is `*`, `post:*`, `get:*` or `*:*/<call>`; `period` is a count and s, m, h or d.
"""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from broker.fastconnect.wire_values import Fields, WrongField
from broker.port import NoAnswer

RATE_LIMIT = "api/v2/Trading/rateLimit"

_ANY = "*"
_PERIOD = re.compile(r"(\d*)\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


class Urgency(IntEnum):
    """Who goes first when calls wait for the same quota."""

    CANCEL = 0
    AMEND = 1
    ORDER = 2
    QUERY = 3


class QuotaScope(StrEnum):
    """What one quota counts: each call of an account by itself, or all calls it covers together."""

    EACH_CALL = "each_call"
    ALL_CALLS = "all_calls"


@dataclass(frozen=True, slots=True)
class Call:
    """One request as SSI counts it; `account` is empty where the connection key is counted.

    `order` tells calls apart that come again: the broker's id of the order that a cancel is about.
    """

    account: str
    method: str
    name: str
    urgency: Urgency
    order: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `limit` calls in any `seconds`; `method` and `name` in lower case, or `*` for all."""

    limit: int
    seconds: float
    method: str = _ANY
    name: str = _ANY

    def covers(self, call: Call) -> bool:
        return self.method in (_ANY, call.method.lower()) and self.name in (_ANY, call.name.lower())


def call_name(path: str) -> str:
    """`NewOrder` of `api/v2/Trading/NewOrder`."""
    return path.rpartition("/")[2]


def read_quotas(data: object) -> tuple[Quota, ...] | NoAnswer:
    """The rows of `rateLimit`; one that cannot be read spoils all, since its limit would not be obeyed."""
    if not isinstance(data, list):
        return NoAnswer(f"the rate limits have no form we know: {type(data).__name__}, not a list")
    try:
        return tuple(_quota(Fields(row, "quota")) for row in data)
    except WrongField as error:
        return NoAnswer(f"the rate limits have no form we know: {error}")


def _quota(row: Fields) -> Quota:
    method, name = _endpoint(row.needed_text("endpoint").lower())
    return Quota(row.count("limit"), period_seconds(row.needed_text("period").lower()), method, name)


def _endpoint(text: str) -> tuple[str, str]:
    """A pattern without a method covers every method, one without a call every call."""
    method, colon, path = text.partition(":")
    if not colon:
        return _ANY, call_name(text) or _ANY
    return method or _ANY, call_name(path) or _ANY


def period_seconds(text: str) -> float:
    """The length of a period such as `5s`. Raises `WrongField`."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise WrongField(f"quota.period is {text!r}, not a count with s, m, h or d")
    return float(int(found[1] or 1) * _SECONDS[found[2]])
