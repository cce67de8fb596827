"""Commission and sale tax of an order, in integer VND, cumulative so that parts never exceed the whole (VN-A11)."""

from dataclasses import dataclass

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """Rates in millionths of the gross value: 1,500 is 0.15 %. Sale tax is 0.1 % of a sale's gross value (VN-A11)."""

    commission_ppm: int
    sale_tax_ppm: int = 1_000


SSI_ONLINE = FeeSchedule(commission_ppm=1_500)
"""SSI's online commission of 0.15 % (VN-A11)."""


def commission(schedule: FeeSchedule, gross_value: int) -> int:
    """Commission on everything an order has traded so far; a fill owes the difference to the fill before it."""
    return _half_up(gross_value, schedule.commission_ppm)


def sale_tax(schedule: FeeSchedule, gross_value: int) -> int:
    """Tax withheld from everything a sell order has sold so far."""
    return _half_up(gross_value, schedule.sale_tax_ppm)


def _half_up(value: int, ppm: int) -> int:
    return (value * ppm + _MILLION // 2) // _MILLION
