"""Every reason an order can be denied for, each with a stable code, its rule and the numbers given and allowed."""

from dataclasses import dataclass
from enum import StrEnum


class RuleCode(StrEnum):
    """Stable codes of denials, in the order in which they are reported."""

    UNKNOWN_SYMBOL = "unknown_symbol"
    WRONG_EXCHANGE = "wrong_exchange"
    CLOSED_DAY = "closed_day"
    SYMBOL_NOT_TRADING = "symbol_not_trading"
    NO_PHASE_TODAY = "no_phase_today"
    ORDER_TYPE_NOT_OFFERED = "order_type_not_offered"
    PRICE_MISSING = "price_missing"
    QUANTITY_NOT_A_LOT = "quantity_not_a_lot"
    QUANTITY_ABOVE_MAXIMUM = "quantity_above_maximum"
    QUANTITY_ABOVE_FIRM_LIMIT = "quantity_above_firm_limit"
    PRICE_OFF_TICK = "price_off_tick"
    PRICE_ABOVE_CEILING = "price_above_ceiling"
    PRICE_BELOW_FLOOR = "price_below_floor"
    TOO_MANY_POSITIONS = "too_many_positions"
    ACCOUNT_REDUCE_ONLY = "account_reduce_only"
    ACCOUNT_BLOCKED = "account_blocked"
    INSUFFICIENT_SHARES = "insufficient_shares"
    INSUFFICIENT_CASH = "insufficient_cash"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: `given` and `allowed` are VND, shares or words; `nearest` holds the valid values around."""

    code: RuleCode
    rule: str
    message: str
    message_vi: str
    given: int | str | None = None
    allowed: int | str | None = None
    nearest: tuple[int, ...] = ()
