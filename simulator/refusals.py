"""SSI's error codes and texts for what `market` and the account refuse (FastConnect specification 7.1)."""

from dataclasses import dataclass

from market.violations import RuleCode, Violation


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    reason: str


NOT_IN_THIS_SESSION = Refusal("ORD016", "Invalid market status")
UNKNOWN_TICKER = Refusal("ORD001", "Ticker does not exist")
INVALID_TRANSITION = Refusal("ERR500", "Invalid Order Transition Error!")
UNKNOWN_ORDER = Refusal("ORD013", "Order is null")
NOT_ENOUGH_CASH = Refusal("ORD008", "Not enough purchasing power")
NOT_ENOUGH_SHARES = Refusal("ORD007", "Quantity exceeds the allowance")
REJECTED_BY_EXCHANGE = Refusal("ERR500", "Order is rejected by the exchange")
NO_CANCEL_IN_SESSION = Refusal("40014", "Cannot cancel order in this session")


WORDS: dict[RuleCode, tuple[str, str]] = {
    RuleCode.UNKNOWN_SYMBOL: (UNKNOWN_TICKER.code, UNKNOWN_TICKER.reason),
    RuleCode.REFERENCE_DATA_MISSING: (UNKNOWN_TICKER.code, UNKNOWN_TICKER.reason),
    RuleCode.WRONG_EXCHANGE: ("ORD001", "Ticker does not exist on {given}"),
    RuleCode.CLOSED_DAY: (NOT_IN_THIS_SESSION.code, NOT_IN_THIS_SESSION.reason),
    RuleCode.SYMBOL_NOT_TRADING: ("ORD017", "Stock is suspended or terminated"),
    RuleCode.SYMBOL_NOT_TRADING_TODAY: ("ORD017", "Stock does not trade today"),
    RuleCode.PHASE_TAKES_NOTHING: (NOT_IN_THIS_SESSION.code, NOT_IN_THIS_SESSION.reason),
    RuleCode.NO_PHASE_TODAY: (NOT_IN_THIS_SESSION.code, NOT_IN_THIS_SESSION.reason),
    RuleCode.ORDER_TYPE_NOT_OFFERED: ("ORD016", "{given} is not allowed in this session"),
    RuleCode.ORDER_TYPE_UNKNOWN: ("ORD010", "Invalid order type"),
    RuleCode.ORDER_TYPE_RENAMED: ("ORD010", "Invalid order type"),
    RuleCode.PUT_THROUGH_NOT_OFFERED: ("ORD010", "Invalid order type"),
    RuleCode.TIME_IN_FORCE_NOT_OFFERED: ("ORD006", "Invalid parameters"),
    RuleCode.ORDER_TYPE_NOT_ON_EXCHANGE: ("ORD016", "{given} is not allowed in this session"),
    RuleCode.ORDER_TYPE_NOT_IN_PHASE: ("ORD016", "{given} is not allowed in this session"),
    RuleCode.NO_CLOSING_PRICE: ("ORD016", "PLO is not allowed: no closing price"),
    RuleCode.CANCEL_NOT_NOW: (NO_CANCEL_IN_SESSION.code, NO_CANCEL_IN_SESSION.reason),
    RuleCode.AMEND_NOT_NOW: ("ORD011", "Cannot amend order in this session"),
    RuleCode.AMEND_CHANGES_NOTHING: ("ORD014", "Price and quantity are unchanged"),
    RuleCode.AMEND_PRICE_AND_QUANTITY: ("ORD012", "Order cannot be modified: price and quantity at once"),
    RuleCode.AMEND_BELOW_FILLED: ("ORD031", "Reduction exceeds outstanding quantity"),
    RuleCode.AMEND_ACROSS_BOARDS: ("ORD012", "Order cannot be modified: odd lot and round lot"),
    RuleCode.PRICE_MISSING: ("ORD006", "Invalid parameters"),
    RuleCode.UNEXPECTED_PRICE: ("ORD006", "Price is null or equal zero when order is market order"),
    RuleCode.QUANTITY_NOT_A_LOT: ("ORD005", "Quantity {given} is not a valid lot"),
    RuleCode.ODD_LOT_NEEDS_LIMIT: ("ORD018", "Odd lot is not allowed for {given}"),
    RuleCode.ODD_LOT_BEFORE_FIRST_PRICE: ("ORD018", "Odd lot is not allowed before the first price"),
    RuleCode.ODD_LOT_RESTRICTED: ("ORD018", "Odd lot is not allowed for restricted stock"),
    RuleCode.PUT_THROUGH_FIRST_DAY: ("ORD012", "Put-through is not allowed on the first trading day"),
    RuleCode.PUT_THROUGH_BELOW_MINIMUM: ("ORD005", "Quantity {given} is below {allowed}"),
    RuleCode.QUANTITY_ABOVE_MAXIMUM: ("ORD008", "Quantity {given} exceeds limit {allowed}"),
    RuleCode.QUANTITY_ABOVE_FIRM_LIMIT: ("ORD008", "Quantity {given} exceeds limit {allowed}"),
    RuleCode.PRICE_OFF_TICK: ("ORD004", "Price {given:,.2f} does not fit the spread of {allowed}"),
    RuleCode.PRICE_ABOVE_CEILING: ("ORD003", "Price {given:,.2f} exceeds ceiling price {allowed:,.2f}!"),
    RuleCode.PRICE_BELOW_FLOOR: ("ORD002", "Price {given:,.2f} is below floor price {allowed:,.2f}!"),
    RuleCode.OPPOSITE_ORDER: ("ORD009", "Opposite order on the same stock exists"),
    RuleCode.SELF_CROSSING: ("ORD009", "Opposite order on the same stock exists"),
    RuleCode.FOREIGN_ROOM_EXCEEDED: ("ORD034", "Quantity {given} exceeds foreign room {allowed}"),
    RuleCode.TOO_MANY_POSITIONS: ("ORD027", "Client cannot execute this order"),
    RuleCode.IDEMPOTENCY_KEY_REUSED: ("ORD006", "Invalid parameters"),
    RuleCode.ACCOUNT_REDUCE_ONLY: ("ORD026", "Client status does not allow this order"),
    RuleCode.ACCOUNT_BLOCKED: ("ORD026", "Client status does not allow this order"),
    RuleCode.INSUFFICIENT_SHARES: (NOT_ENOUGH_SHARES.code, NOT_ENOUGH_SHARES.reason),
    RuleCode.INSUFFICIENT_CASH: (NOT_ENOUGH_CASH.code, NOT_ENOUGH_CASH.reason),
}
"""A row for every rule code, so that no rule `market` learns can be without words here."""


def refusal_for(violation: Violation) -> Refusal:
    """The wire's words for a broken rule of the exchange."""
    code, words = WORDS[violation.code]
    return Refusal(code, words.format(given=violation.given, allowed=violation.allowed))
