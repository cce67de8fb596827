"""What an issuer has announced: dividends, new shares, rights and splits, each with its ex-date and pay date."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from market.calendar import TradingCalendar, next_trading_day
from market.ex_dates import CorporateActionKind, Entitlement

PAY_DAYS = 2
"""Trading days from the ex-date to the day that pays, unless the announcement names one."""


@dataclass(frozen=True, slots=True)
class CorporateAction:
    """`received` shares for every `held` ones; a split turns `held` into `received`. Cash and prices are VND per share.

    `base` and `reference` are what the ex-date's reference would have been, and was; None until that day.
    """

    number: int
    symbol: str
    kind: CorporateActionKind
    ex_date: date
    pay_date: date
    cash: int = 0
    held: int = 1
    received: int = 0
    price: int = 0
    treasury: bool = False
    base: int | None = None
    reference: int | None = None

    @property
    def is_ahead(self) -> bool:
        return self.base is None

    @property
    def entitlement(self) -> Entitlement:
        ratio = Fraction(self.received, self.held)
        match self.kind:
            case CorporateActionKind.CASH_DIVIDEND:
                return Entitlement(cash=self.cash)
            case CorporateActionKind.SHARE_DIVIDEND | CorporateActionKind.BONUS_ISSUE:
                return Entitlement(free=ratio)
            case CorporateActionKind.RIGHTS_ISSUE:
                return Entitlement(offered=ratio, issue_price=self.price)
            case CorporateActionKind.SPLIT:
                return Entitlement(free=ratio - 1)

    def shares_for(self, quantity: int) -> int:
        """The new shares that come for `quantity` old ones, or what they are split into; no fractions."""
        return quantity * self.received // self.held


@dataclass(frozen=True, slots=True)
class Claim:
    """What an account has from an action of its ex-date on: usable cash (VND) and shares once it is `paid`.

    `offered` shares can be subscribed to at SSI; here nobody does, and they lapse.
    """

    action: int
    symbol: str
    quantity: int
    pay_date: date
    cash: int = 0
    shares: int = 0
    offered: int = 0
    paid: bool = False


def usual_pay_date(ex_date: date, calendar: TradingCalendar) -> date:
    day = ex_date
    for _ in range(PAY_DAYS):
        day = next_trading_day(day, calendar)
    return day
