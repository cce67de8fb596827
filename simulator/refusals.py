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
NO_CANCEL_IN_SESSION = Refusal("40014", "Cannot cancel order in this session")


_WORDS: dict[RuleCode, tuple[str, str]] = {
    RuleCode.UNKNOWN_SYMBOL: ("ORD001", "Ticker does not exist"),
    RuleCode.WRONG_EXCHANGE: ("ORD016", "Invalid market status"),
    RuleCode.CLOSED_DAY: ("ORD016", "Invalid market status"),
    RuleCode.SYMBOL_NOT_TRADING: ("ORD017", "Stock is suspended or terminated"),
    RuleCode.NO_PHASE_TODAY: ("ORD016", "Invalid market status"),
    RuleCode.ORDER_TYPE_NOT_OFFERED: ("ORD016", "Order type is not allowed in this session"),
    RuleCode.PRICE_MISSING: ("ORD006", "Invalid parameters"),
    RuleCode.QUANTITY_NOT_A_LOT: ("ORD005", "Quantity {given} is not a valid lot"),
    RuleCode.QUANTITY_ABOVE_MAXIMUM: ("ORD008", "Quantity {given} exceeds limit {allowed}"),
    RuleCode.PRICE_OFF_TICK: ("ORD004", "Price {given:,.2f} does not fit the spread of {allowed}"),
    RuleCode.PRICE_ABOVE_CEILING: ("ORD003", "Price {given:,.2f} exceeds ceiling price {allowed:,.2f}!"),
    RuleCode.PRICE_BELOW_FLOOR: ("ORD002", "Price {given:,.2f} is below floor price {allowed:,.2f}!"),
}
"""The rules `market` checks; what only a firm's own limits break never reaches a broker's wire."""


def refusal_for(violation: Violation) -> Refusal:
    """The wire's words for a broken rule of the exchange."""
    code, words = _WORDS[violation.code]
    return Refusal(code, words.format(given=violation.given, allowed=violation.allowed))
