"""Commission and sale tax of an order, in integer VND, cumulative so that parts never exceed the whole (VN-A11)."""

from dataclasses import dataclass
from enum import StrEnum

from market.citations import Citation, Confidence, cite

_MILLION = 1_000_000
_SALE_TAX_PPM = 1_000


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """Rates in millionths of the gross value: 1,500 is 0.15 %. Sale tax is 0.1 % of a sale's gross value (VN-A11)."""

    commission_ppm: int
    sale_tax_ppm: int = _SALE_TAX_PPM


class Channel(StrEnum):
    ONLINE = "ONLINE"
    STAFF = "STAFF"


class FeePlan(StrEnum):
    """SELF_DIRECTED: opened from 2024-04-04 on, in its first year pays the exchange's fee only (VN-C9)."""

    STANDARD = "STANDARD"
    SELF_DIRECTED = "SELF_DIRECTED"


@dataclass(frozen=True, slots=True)
class CommissionRow:
    """Commission of an account that has traded `from_day_value` VND or more on the day."""

    plan: FeePlan
    channel: Channel
    from_day_value: int
    commission_ppm: int
    cited: Citation


_TABLE = cite("VN-A11", Confidence.MEDIUM, "S35")
_NEW_ACCOUNTS = cite("VN-C9", Confidence.MEDIUM, "S35 S36")

COMMISSIONS: tuple[CommissionRow, ...] = (
    CommissionRow(FeePlan.STANDARD, Channel.ONLINE, 0, 1_500, _TABLE),
    CommissionRow(FeePlan.STANDARD, Channel.STAFF, 0, 3_500, _TABLE),
    CommissionRow(FeePlan.STANDARD, Channel.STAFF, 100 * _MILLION, 3_000, _TABLE),
    CommissionRow(FeePlan.STANDARD, Channel.STAFF, 500 * _MILLION, 2_500, _TABLE),
    CommissionRow(FeePlan.SELF_DIRECTED, Channel.ONLINE, 0, 270, _NEW_ACCOUNTS),
)


@dataclass(frozen=True, slots=True)
class TaxRow:
    """Tax withheld from the gross value of a sale."""

    sale_tax_ppm: int
    cited: Citation


SALE_TAXES: tuple[TaxRow, ...] = (TaxRow(_SALE_TAX_PPM, cite("VN-A11", Confidence.HIGH, "S47 S51")),)


def channels_of(plan: FeePlan) -> tuple[Channel, ...]:
    """The channels that accounts of the plan have."""
    return tuple(dict.fromkeys(row.channel for row in COMMISSIONS if row.plan is plan))


def fee_schedule(plan: FeePlan, channel: Channel, day_value: int = 0) -> FeeSchedule:
    """The rates of an account that has traded `day_value` VND today. Raises ValueError for a channel it lacks."""
    rows = [row for row in COMMISSIONS if row.plan is plan and row.channel is channel]
    reached = [row.commission_ppm for row in rows if row.from_day_value <= day_value]
    if not reached:
        raise ValueError(f"accounts of the plan {plan} have no channel {channel}")
    return FeeSchedule(reached[-1], SALE_TAXES[-1].sale_tax_ppm)


SSI_ONLINE = fee_schedule(FeePlan.STANDARD, Channel.ONLINE)
"""SSI's online commission of 0.15 % (VN-A11): the demo's and the simulator's rates."""


def commission(schedule: FeeSchedule, gross_value: int) -> int:
    """Commission on everything an order has traded so far; a fill owes the difference to the fill before it."""
    return _half_up(gross_value, schedule.commission_ppm)


def sale_tax(schedule: FeeSchedule, gross_value: int) -> int:
    """Tax withheld from everything a sell order has sold so far."""
    return _half_up(gross_value, schedule.sale_tax_ppm)


def _half_up(value: int, ppm: int) -> int:
    return (value * ppm + _MILLION // 2) // _MILLION
