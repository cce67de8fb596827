"""How SSI behaves where its papers leave it open: one value, set by `PUT /control/settings`, kept over restarts.

`simulator/unknowns.py` says which unknown each switch belongs to.
"""

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from simulator.broker_order import CLOSED_STATUSES, OrderStatus


class PreOpen(StrEnum):
    """What the broker does with an order that the exchange does not take yet."""

    BROKER = "broker"
    REJECT = "reject"


class DuplicateRequest(StrEnum):
    """A request id that was used before: refused, answered like the first without being done, or done once more."""

    REFUSED = "refused"
    REPEATED = "repeated"
    TAKEN = "taken"


class Scope(StrEnum):
    """Whether something is counted for each account by itself or for all accounts of the connection key."""

    KEY = "key"
    ACCOUNT = "account"


class RefusalName(StrEnum):
    """Refusals whose words and status nobody outside SSI knows."""

    DUPLICATE_REQUEST = "duplicate_request"
    WRONG_CODE = "wrong_code"
    MISSING_TOKEN = "missing_token"  # noqa: S105 - a name, no secret
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 - a name, no secret
    BAD_TOKEN = "bad_token"  # noqa: S105 - a name, no secret
    BAD_SIGNATURE = "bad_signature"
    WRONG_DEVICE_ID = "wrong_device_id"
    BLOCKED_CODES = "blocked_codes"


class Replay(StrEnum):
    """Where a stream resumes that asks for NotifyID n: with message n, or after it."""

    WITH_LAST = "with_last"
    AFTER_LAST = "after_last"


class MatchTold(StrEnum):
    """Whether an execution is told before the order event that counts it, or after."""

    BEFORE_ORDER = "before_order"
    AFTER_ORDER = "after_order"


class LimitScope(StrEnum):
    """What one limit counts: each call of an account by itself, or all calls that it covers together."""

    EACH_CALL = "each_call"
    ALL_CALLS = "all_calls"


class Throttled(StrEnum):
    """The form of an answer to one call too many."""

    TEXT_WITH_RETRY_AFTER = "text_with_retry_after"
    TEXT = "text"
    JSON = "json"


class StreamLimitReached(StrEnum):
    """What becomes of one stream too many."""

    REFUSED = "refused"
    OLDEST_ENDS = "oldest_ends"


class HoseMarketOrder(StrEnum):
    """What HOSE's market-to-limit order is called."""

    MTL = "MTL"
    MP = "MP"


class AmendQuantity(StrEnum):
    """What ModifyOrder's quantity counts of an order that has traded in part."""

    WHOLE = "whole"
    OPEN = "open"


class CashBalance(StrEnum):
    """Whether `cashBal` has lost what filled buys cost at once, or when their day has ended."""

    LESS_BUYS = "less_buys"
    BEFORE_BUYS = "before_buys"


class ExternalOrders(StrEnum):
    """What is shown as the request id of an order that no API client sent."""

    OWN_REQUEST_ID = "own_request_id"
    NO_REQUEST_ID = "no_request_id"


class KeyCase(StrEnum):
    """The first letter of the keys in answers about cash, rights and transfers."""

    AS_IN_PAPERS = "as_in_papers"
    LOWER = "lower"


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Value):
    """A refusal's status in the body, and its text; `{given}` stands for what was sent."""

    status: int = Field(ge=400, le=49_999)
    message: str


DEFAULT_WORDS = {
    RefusalName.DUPLICATE_REQUEST: Words(status=400, message="Request ID {given} is duplicated."),
    RefusalName.WRONG_CODE: Words(status=400, message="Wrong PIN or OTP."),
    RefusalName.MISSING_TOKEN: Words(status=401, message="Missing Authorization header"),
    RefusalName.EXPIRED_TOKEN: Words(status=401, message="Token is expired"),
    RefusalName.BAD_TOKEN: Words(status=401, message="Unauthorized"),
    RefusalName.BAD_SIGNATURE: Words(status=401, message="Invalid signature"),
    RefusalName.WRONG_DEVICE_ID: Words(status=400, message="Device ID {given} is invalid."),
    RefusalName.BLOCKED_CODES: Words(status=400, message="Too many OTP requests."),
}

_PERIOD = re.compile(r"(\d*)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}

Endpoint = Annotated[str, StringConstraints(pattern=r"^(\*|(post|get):\*|\*:\*/[A-Za-z]+)$")]
Period = Annotated[str, StringConstraints(pattern=r"^[1-9]?\d*[smhd]$")]


class Limit(_Value):
    """A row of `rateLimit` in SSI's grammar: `*`, `post:*`, `get:*` or `*:*/NewOrder`, and a period such as `5s`."""

    endpoint: Endpoint
    period: Period
    limit: int = Field(ge=1)

    @property
    def seconds(self) -> int:
        found = _PERIOD.fullmatch(self.period)
        return 1 if found is None else int(found[1] or 1) * _SECONDS[found[2]]

    def covers(self, method: str, name: str) -> bool:
        """Whether it counts a call, such as `POST` and `neworder`."""
        verb, _, path = self.endpoint.lower().rpartition(":")
        return verb in ("", "*", method.lower()) and path.rpartition("/")[2] in ("*", name.lower())


def read_limits(text: str) -> tuple[Limit, ...]:
    """The rows in a text such as `5/1s,*:*/NewOrder=30/5s`. Raises ValueError that says what is allowed."""
    rows = []
    for part in text.replace(" ", "").split(","):
        endpoint, _, rate = part.rpartition("=")
        number, _, period = rate.partition("/")
        try:
            rows.append(Limit(endpoint=endpoint or "*", period=period, limit=int(number)))
        except ValueError as error:
            raise ValueError(f"{part!r} is no limit; write 5/1s, post:*=30/5s or *:*/NewOrder=2/1m") from error
    return tuple(rows)


UNFELT = (Limit(endpoint="*", period="1s", limit=1_000),)


class Switches(_Value):
    """Each default is the behaviour that SSI's papers and clients suggest most."""

    http_errors: bool = False
    duplicate_request: DuplicateRequest = DuplicateRequest.REFUSED
    request_ids: Scope = Scope.KEY
    words: dict[RefusalName, Words] = Field(default_factory=dict)
    replay: Replay = Replay.WITH_LAST
    replay_keeps: int | None = Field(default=None, ge=0)
    replay_errors: bool = True
    notify_ids: Scope = Scope.KEY
    notify_id_step: int = Field(default=1, ge=1, le=1_000)
    number_early_errors: bool = True
    skipped_statuses: frozenset[OrderStatus] = frozenset()
    pending_statuses: bool = False
    match_told: MatchTold = MatchTold.BEFORE_ORDER
    pre_open: PreOpen = PreOpen.BROKER
    books_show_last_request: bool = True
    strict_device_id: bool = False
    limits: tuple[Limit, ...] = UNFELT
    limit_scope: LimitScope = LimitScope.EACH_CALL
    throttled: Throttled = Throttled.TEXT_WITH_RETRY_AFTER
    stream_limit: int | None = Field(default=None, ge=1)
    stream_limit_reached: StreamLimitReached = StreamLimitReached.REFUSED
    keep_alive_seconds: float = Field(default=10.0, gt=0)
    keep_alive_told: float | None = Field(default=20.0, gt=0)
    protocol_version: str | None = None
    start_needed: bool = False
    reconnect_replays: bool = False
    hose_market_order: HoseMarketOrder = HoseMarketOrder.MTL
    service_keys: KeyCase = KeyCase.AS_IN_PAPERS
    token_seconds: int = Field(default=8 * 3_600, ge=1)
    token_tells_end: bool = True
    login_ends_older_tokens: bool = False
    code_seconds: int | None = Field(default=None, ge=0)
    codes_before_block: int | None = Field(default=None, ge=1)
    amend_quantity: AmendQuantity = AmendQuantity.WHOLE
    snapshot_on_subscribe: bool = True
    one_channel_per_connection: bool = False
    all_channels_every_ms: int = Field(default=0, ge=0)
    cash_balance: CashBalance = CashBalance.LESS_BUYS
    external_orders: ExternalOrders = ExternalOrders.OWN_REQUEST_ID
    prefix: str = Field(default="s01", min_length=3, max_length=3)
    ip_address: str = "127.0.0.1"

    @model_validator(mode="after")
    def _ends_are_told(self) -> Self:
        ends = sorted(self.skipped_statuses & CLOSED_STATUSES)
        if ends:
            raise ValueError(f"skipped_statuses must not hold {', '.join(ends)}: the end of an order is always told")
        return self

    def words_of(self, name: RefusalName) -> Words:
        return self.words.get(name) or DEFAULT_WORDS[name]

    def changed_by(self, given: "Switches") -> "Switches":
        """These, with what was set explicitly in `given`."""
        return self.model_copy(update={name: getattr(given, name) for name in given.model_fields_set})


DEFAULT = Switches()
