"""What nobody outside SSI knows about its FastConnect v2, as one value: each field has the safe answer until a person
has seen the true one on live SSI. The ids `SSI-U..` are defined in docs/technical/ssi-client.md."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from broker.fastconnect.quotas import Quota, QuotaScope, period_seconds

_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


class PartFilledAmend(StrEnum):
    """What ModifyOrder's `quantity` means for an order that has traded in part."""

    UNVERIFIED = "unverified"
    WHOLE_QUANTITY = "whole_quantity"
    OPEN_QUANTITY = "open_quantity"


class Replay(StrEnum):
    """Whether a stream that resumes at NotifyID n tells n once more."""

    UNVERIFIED = "unverified"
    WITH_LAST = "with_last"
    AFTER_LAST = "after_last"


class CashBalance(StrEnum):
    """Whether cashAcctBal's `cashBal` has lost what a buy costs once it is filled, or only once it is paid on T+2."""

    LESS_BUYS = "less_buys"
    BEFORE_BUYS = "before_buys"


class ExternalOrders(StrEnum):
    """What a book's row shows as the request id of an order that no program has sent."""

    OWN_REQUEST_ID = "own_request_id"
    NO_REQUEST_ID = "no_request_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class SsiBehaviour:
    """Decisions of the client where SSI's behaviour is unknown."""

    envelope_in_http_error_counts: bool = True
    """SSI-U1: unknown whether refusals come as HTTP 200 or 4xx; SSI's own body is believed in both. False: a refusal
    in an HTTP error proves nothing."""

    duplicate_statuses: frozenset[int] = frozenset({408, 409})
    """SSI-U2: unknown how a repeated requestID is answered. These statuses may mean that an earlier copy arrived, so
    they are never a refusal."""

    unauthorised_statuses: frozenset[int] = frozenset({401})
    """SSI-U3: unknown how wrong codes, expired tokens and bad signatures are told apart. These statuses prove that a
    request was stopped before the order engine; the token is renewed."""

    replay: Replay = Replay.UNVERIFIED
    """SSI-U4: unknown whether NotifyID n is replayed with message n. Unverified asks from the last number heard, which
    repeats at most one message."""

    numbers_are_consecutive: bool = False
    """SSI-U4: unknown whether one account's numbers have no holes. False: a hole is a sign to read the books, but at
    most once in `gap_rest_seconds`."""

    gap_rest_seconds: float = 30.0
    """SSI-U4: unknown whether holes are normal; while it is, those of so many seconds are one sign."""

    device_id_is_mac: bool = True
    """SSI-U8: unknown how strictly `deviceId` is checked. True: one plain MAC address is sent, this machine's when none
    is configured, and any other form is refused at start."""

    assumed_quotas: tuple[Quota, ...] = (Quota(5, 1.0), Quota(30, 5.0))
    """SSI-U9: unknown what the limits are before `rateLimit` has answered, and those of the data host at all; these are
    the ones of SSI's guide."""

    quota_scope: QuotaScope = QuotaScope.EACH_CALL
    """SSI-U9: unknown whether one quota counts all calls together; the guide says each call of an account by itself."""

    throttled_rest_seconds: float = 1.0
    """SSI-U9: unknown whether a 429 tells how long to wait; without a word from SSI this long."""

    keep_alive_is_told: bool = False
    """SSI-U10: unknown whether negotiate's KeepAliveTimeout is true. False: only `Timeouts.stream_silence` counts."""

    hub_wants_start: bool = False
    """SSI-U10: unknown whether the hub needs SignalR's `start` request; SSI's Python client sends none."""

    hose_market_order: str = "MTL"
    """SSI-U12: unknown whether v2 calls HOSE's market-to-limit order MTL since KRX, or still MP."""

    login_ends_older_tokens: bool = False
    """SSI-U14: unknown whether a login ends earlier tokens; SSI's Python client uses two at once. True: one trading
    token serves queries and streams too."""

    untold_token_seconds: float = 1_800.0
    """SSI-U14: unknown how long a token lives that carries no `exp`; it is renewed after this time."""

    otp_requests_before_block: int = 5
    """SSI-U14: unknown how many codes may be asked for without using one; the guide says more than five block."""

    part_filled_amend: PartFilledAmend = PartFilledAmend.UNVERIFIED
    """SSI-U15: unknown whether ModifyOrder's `quantity` counts what has traded. Unverified: the quantity of a
    part-filled order is not amended."""

    channels_share_a_connection: bool = False
    """SSI-U16: unknown whether one SwitchChannels may name several channels. False: one connection per channel."""

    cash_balance: CashBalance = CashBalance.LESS_BUYS
    """SSI-U19: unknown whether `cashBal` has lost what filled buys cost. Less buys: it is compared as it is told, with
    what sales will bring. Before buys: what is still to be paid (paidCashT1, paidCashT2) is taken off."""

    external_orders: ExternalOrders = ExternalOrders.OWN_REQUEST_ID
    """SSI-U21: unknown which `uniqueID` an order from iBoard has. Own request id: a row without one may be an order of
    ours, is not taken in, and proves the absence of no order. No request id: such a row is somebody else's."""


_HINTS = get_type_hints(SsiBehaviour)

LIVE = SsiBehaviour()

SIMULATED = SsiBehaviour(
    device_id_is_mac=False,
    assumed_quotas=(),
    numbers_are_consecutive=True,
    part_filled_amend=PartFilledAmend.WHOLE_QUANTITY,
)
"""The simulator's behaviour, which is known."""


def behaviour_at(url: str) -> SsiBehaviour:
    """The simulator's for a host on this machine, the safe answers for every other: SSI never runs here. A process
    that reaches SSI through a tunnel hands in `LIVE`."""
    return SIMULATED if urlsplit(url).hostname in _THIS_MACHINE else LIVE


def answered(base: SsiBehaviour, given: Mapping[str, object]) -> SsiBehaviour:
    """`base` with the answers of `given`, by field; lists are texts such as `408,409` and `5/1s,30/5s`, or `none`."""
    return replace(base, **{name: _value(name, value) for name, value in given.items()})


def _value(name: str, given: object) -> Any:
    if name == "assumed_quotas":
        return tuple(_quota(each) for each in _members(str(given)))
    hint = _HINTS[name]
    return TypeAdapter(hint).validate_python(_members(str(given)) if hint == frozenset[int] else given)


def _members(text: str) -> tuple[str, ...]:
    return () if text == "none" else tuple(text.split(","))


def _quota(text: str) -> Quota:
    limit, _, period = text.partition("/")
    return Quota(int(limit), period_seconds(period))
