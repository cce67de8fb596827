"""Every reason an order can be denied for, each with a stable code, its rule and the numbers given and allowed."""

from dataclasses import dataclass
from enum import StrEnum


class RuleCode(StrEnum):
    """Stable codes, in the order in which they are reported: a value is never changed or given to another reason."""

    UNKNOWN_SYMBOL = "unknown_symbol"
    REFERENCE_DATA_MISSING = "reference_data_missing"
    WRONG_EXCHANGE = "wrong_exchange"
    CLOSED_DAY = "closed_day"
    SYMBOL_NOT_TRADING = "symbol_not_trading"
    SYMBOL_NOT_TRADING_TODAY = "symbol_not_trading_today"
    PHASE_TAKES_NOTHING = "phase_takes_nothing"
    NO_PHASE_TODAY = "no_phase_today"
    ORDER_TYPE_NOT_OFFERED = "order_type_not_offered"
    ORDER_TYPE_UNKNOWN = "order_type_unknown"
    ORDER_TYPE_RENAMED = "order_type_renamed"
    PUT_THROUGH_NOT_OFFERED = "put_through_not_offered"
    TIME_IN_FORCE_NOT_OFFERED = "time_in_force_not_offered"
    ORDER_TYPE_NOT_ON_EXCHANGE = "order_type_not_on_exchange"
    ORDER_TYPE_NOT_IN_PHASE = "order_type_not_in_phase"
    NO_CLOSING_PRICE = "no_closing_price"
    CANCEL_NOT_NOW = "cancel_not_now"
    AMEND_NOT_NOW = "amend_not_now"
    AMEND_CHANGES_NOTHING = "amend_changes_nothing"
    AMEND_PRICE_AND_QUANTITY = "amend_price_and_quantity"
    AMEND_BELOW_FILLED = "amend_below_filled"
    AMEND_ACROSS_BOARDS = "amend_across_boards"
    PRICE_MISSING = "price_missing"
    UNEXPECTED_PRICE = "unexpected_price"
    QUANTITY_NOT_A_LOT = "quantity_not_a_lot"
    ODD_LOT_NEEDS_LIMIT = "odd_lot_needs_limit"
    ODD_LOT_BEFORE_FIRST_PRICE = "odd_lot_before_first_price"
    ODD_LOT_RESTRICTED = "odd_lot_restricted"
    PUT_THROUGH_FIRST_DAY = "put_through_first_day"
    PUT_THROUGH_BELOW_MINIMUM = "put_through_below_minimum"
    QUANTITY_ABOVE_MAXIMUM = "quantity_above_maximum"
    QUANTITY_ABOVE_FIRM_LIMIT = "quantity_above_firm_limit"
    PRICE_OFF_TICK = "price_off_tick"
    PRICE_ABOVE_CEILING = "price_above_ceiling"
    PRICE_BELOW_FLOOR = "price_below_floor"
    OPPOSITE_ORDER = "opposite_order"
    SELF_CROSSING = "self_crossing"
    FOREIGN_ROOM_EXCEEDED = "foreign_room_exceeded"
    TOO_MANY_POSITIONS = "too_many_positions"
    ACCOUNT_REDUCE_ONLY = "account_reduce_only"
    ACCOUNT_BLOCKED = "account_blocked"
    INSUFFICIENT_SHARES = "insufficient_shares"
    INSUFFICIENT_CASH = "insufficient_cash"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"


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
