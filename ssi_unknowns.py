"""The variables for what nobody outside SSI knows (SSI-U.. in docs/technical/ssi-client.md), checked as they are read.

Unset, each stands for the client's safe answer; `worker.broker_behaviour` makes the client's behaviour of them.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings

NOTHING = "none"
"""The word for an empty list: an empty variable counts as unset."""

_STATUS = re.compile(r"[45]\d\d")
_CLIENT_ERROR = re.compile(r"4\d\d")
_QUOTA = re.compile(r"[1-9]\d{0,5}/([1-9]\d{0,3})?[smhd]")
_DUPLICATE_DEFAULT = "408,409"
_UNAUTHORISED_DEFAULT = "401"


def _words(text: object) -> object:
    return text.strip().lower().replace(" ", "") if isinstance(text, str) else text


def _upper(text: object) -> object:
    return text.strip().upper() if isinstance(text, str) else text


def _yes_or_no(value: object) -> object:
    if isinstance(value, str) and _words(value) in {"true", "false"}:
        return _words(value) == "true"
    if isinstance(value, bool):
        return value
    raise ValueError('must be "true" or "false"')


def _statuses(text: str) -> str:
    if text == NOTHING or all(_STATUS.fullmatch(each) for each in text.split(",")):
        return text
    raise ValueError(f'must be statuses from 400 to 599 with commas between them, such as 408,409, or "{NOTHING}"')


def _client_errors(text: str) -> str:
    """A status from 500 on never proves that nothing was taken."""
    if text == NOTHING or all(_CLIENT_ERROR.fullmatch(each) for each in text.split(",")):
        return text
    raise ValueError(f'must be statuses from 400 to 499 with commas between them, such as 401,403, or "{NOTHING}"')


def _quotas(text: str) -> str:
    if text == NOTHING or all(_QUOTA.fullmatch(each) for each in text.split(",")):
        return text
    raise ValueError(f'must be calls in a period with commas between them, such as 5/1s,30/5s, or "{NOTHING}"')


def _members(text: str) -> frozenset[str]:
    return frozenset() if text == NOTHING else frozenset(text.split(","))


YesOrNo = Annotated[bool, BeforeValidator(_yes_or_no)]
Statuses = Annotated[str, BeforeValidator(_words), AfterValidator(_statuses)]
ClientErrors = Annotated[str, BeforeValidator(_words), AfterValidator(_client_errors)]
Quotas = Annotated[str, BeforeValidator(_words), AfterValidator(_quotas)]
Seconds = Annotated[float, Field(ge=0.1, le=86_400, allow_inf_nan=False)]


class SsiUnknowns(BaseSettings):
    """A variable for each field of the client's `SsiBehaviour`, named `SSI_` and the field."""

    ssi_envelope_in_http_error_counts: YesOrNo | None = None
    ssi_duplicate_statuses: Statuses | None = None
    ssi_unauthorised_statuses: ClientErrors | None = None
    ssi_replay: Annotated[Literal["unverified", "with_last", "after_last"], BeforeValidator(_words)] | None = None
    ssi_numbers_are_consecutive: YesOrNo | None = None
    ssi_gap_rest_seconds: Seconds | None = None
    ssi_device_id_is_mac: YesOrNo | None = None
    ssi_assumed_quotas: Quotas | None = None
    ssi_quota_scope: Annotated[Literal["each_call", "all_calls"], BeforeValidator(_words)] | None = None
    ssi_throttled_rest_seconds: Seconds | None = None
    ssi_keep_alive_is_told: YesOrNo | None = None
    ssi_hub_wants_start: YesOrNo | None = None
    ssi_hose_market_order: Annotated[Literal["MTL", "MP"], BeforeValidator(_upper)] | None = None
    ssi_login_ends_older_tokens: YesOrNo | None = None
    ssi_untold_token_seconds: Annotated[float, Field(ge=60, le=86_400, allow_inf_nan=False)] | None = None
    ssi_otp_requests_before_block: Annotated[int, Field(ge=1, le=100)] | None = None
    ssi_part_filled_amend: (
        Annotated[Literal["unverified", "whole_quantity", "open_quantity"], BeforeValidator(_words)] | None
    ) = None
    ssi_channels_share_a_connection: YesOrNo | None = None
    ssi_cash_balance: Annotated[Literal["less_buys", "before_buys"], BeforeValidator(_words)] | None = None
    ssi_external_orders: Annotated[Literal["own_request_id", "no_request_id"], BeforeValidator(_words)] | None = None

    def ssi_answers(self) -> dict[str, object]:
        """What is set, by the name of the client's field."""
        return {
            name.removeprefix("ssi_"): value
            for name in SsiUnknowns.model_fields
            if (value := getattr(self, name)) is not None
        }

    @model_validator(mode="after")
    def _no_status_means_two_things(self) -> Self:
        """What proves that nothing was sent must never be what may mean that a copy has arrived."""
        duplicates = _members(self.ssi_duplicate_statuses or _DUPLICATE_DEFAULT)
        if both := duplicates & _members(self.ssi_unauthorised_statuses or _UNAUTHORISED_DEFAULT):
            named = ", ".join(sorted(both))
            raise ValueError(f"SSI_DUPLICATE_STATUSES and SSI_UNAUTHORISED_STATUSES both hold {named}: one of them may")
        return self
