"""The reference price on an ex-date: the last base less what the shares no longer carry (VN-C2).

Only a stand-in for the exchange computes it; an order is judged by the reference in the day's data.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil

from market.bands import computable
from market.citations import Citation, Confidence, cite
from market.ticks import tick_at_or_above, tick_at_or_below
from market.vocabulary import BandDay, Exchange, InstrumentKind


class CorporateActionKind(StrEnum):
    """What an issuer does for, or to, its shareholders; a reverse split is a split into fewer shares."""

    CASH_DIVIDEND = "CASH_DIVIDEND"
    SHARE_DIVIDEND = "SHARE_DIVIDEND"
    BONUS_ISSUE = "BONUS_ISSUE"
    RIGHTS_ISSUE = "RIGHTS_ISSUE"
    SPLIT = "SPLIT"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What one old share brings: cash (VND), new shares for nothing, and new shares offered at an issue price (VND).

    `free` is below zero where shares are merged: -9/10 when ten become one.
    """

    cash: int = 0
    free: Fraction = Fraction(0)
    offered: Fraction = Fraction(0)
    issue_price: int = 0


@dataclass(frozen=True, slots=True)
class ExDateRow:
    """One part of how the reference of an ex-date comes about."""

    part: str
    rule: str
    cited: Citation


_FORMULA = cite("VN-C2", Confidence.MEDIUM, "S20")
_ABOVE = cite("VN-C2", Confidence.MEDIUM, "S62 S63")
_CASH = cite("VN-A7", Confidence.MEDIUM, "S25")
# Our own choice: no text tells how the result is rounded.
_ROUNDING = cite("VN-C2", Confidence.ASSUMED, "S20")

EX_DATE_RULES: tuple[ExDateRow, ...] = (
    ExDateRow("formula", "(base + issue price x offered - cash) / (1 + offered + free), all per old share", _FORMULA),
    ExDateRow("issue price above the base", "these rights do not adjust the reference", _ABOVE),
    ExDateRow("cash of the base or more", "the reference is not adjusted; UPCOM's band is 40 %", _CASH),
    ExDateRow("rounding", "to the nearest tick, the higher one when both are as near", _ROUNDING),
)


def ex_date_reference(exchange: Exchange, kind: InstrumentKind, base: int, entitlements: Iterable[Entitlement]) -> int:
    """The reference (VND) of the ex-date from `base`, the reference that the day would have without one.

    `base` itself where the cash paid out is worth as much: only the exchange tells what counts then.
    """
    adjusted = _adjusted(base, tuple(entitlements))
    if adjusted <= 0:
        return base
    lower = tick_at_or_below(exchange, kind, int(adjusted))
    upper = tick_at_or_above(exchange, kind, ceil(adjusted))
    nearest = upper if upper - adjusted <= adjusted - lower else lower
    return max(nearest, tick_at_or_above(exchange, kind, 1))


def ex_date_band_day(exchange: Exchange, base: int, entitlements: Iterable[Entitlement], *, treasury: bool) -> BandDay:
    """What kind of day the ex-date is for the band; `treasury` when treasury shares are given out (VN-A7).

    NORMAL too where the exchange publishes the band itself, see `is_published`.
    """
    if _is_large_cash(base, tuple(entitlements)):
        day = BandDay.LARGE_CASH_EX_DATE
        return day if computable(exchange, day) else BandDay.NORMAL
    return BandDay.TREASURY_SHARES_EX_DATE if treasury else BandDay.NORMAL


def is_published(exchange: Exchange, base: int, entitlements: Iterable[Entitlement]) -> bool:
    """Whether only the exchange's own figures tell band and reference: so much cash on HOSE and HNX (VN-A7)."""
    return _is_large_cash(base, tuple(entitlements)) and not computable(exchange, BandDay.LARGE_CASH_EX_DATE)


def _is_large_cash(base: int, entitlements: tuple[Entitlement, ...]) -> bool:
    return sum(each.cash for each in entitlements) >= base


def _adjusted(base: int, entitlements: tuple[Entitlement, ...]) -> Fraction:
    if _is_large_cash(base, entitlements):
        return Fraction(0)
    counted = [each for each in entitlements if each.issue_price <= base]
    cash = sum(each.cash for each in entitlements)
    paid_in = sum((each.issue_price * each.offered for each in counted), Fraction(0))
    new = sum((each.offered for each in counted), Fraction(0)) + sum((each.free for each in entitlements), Fraction(0))
    return (base + paid_in - cash) / (1 + new)
