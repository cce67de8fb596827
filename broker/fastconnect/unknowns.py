"""What nobody outside SSI knows about its FastConnect v2, as one value: each field has the safe answer until a person
has seen the true one on live SSI. The ids `SSI-U..` are defined in docs/technical/ssi-client.md."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from broker.fastconnect.quotas import Quota, QuotaScope

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
