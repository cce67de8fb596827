"""What each rule code means to a reader, and in which unit its numbers are."""

from dataclasses import dataclass
from enum import StrEnum

from market.violations import RuleCode


class Unit(StrEnum):
    VND = "VND"
    SHARES = "shares"


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """`unit` is that of `given` and `allowed` where they are numbers."""

    code: RuleCode
    rule: str
    meaning: str
    unit: Unit | None = None


MEANINGS: tuple[CodeMeaning, ...] = (
    CodeMeaning(RuleCode.UNKNOWN_SYMBOL, "VN-A9", "No reference data of today for the symbol"),
    CodeMeaning(
        RuleCode.REFERENCE_DATA_MISSING, "VN-A9", "The day's reference data are not loaded yet; try again shortly"
    ),
    CodeMeaning(RuleCode.WRONG_EXCHANGE, "VN-G", "The symbol trades on another exchange today"),
    CodeMeaning(RuleCode.CLOSED_DAY, "VN-A12", "The exchange is closed on the day; the next trading day is told"),
    CodeMeaning(RuleCode.SYMBOL_NOT_TRADING, "VN-A10", "The security's status takes no orders"),
    CodeMeaning(RuleCode.SYMBOL_NOT_TRADING_TODAY, "VN-D5", "The security trades on other weekdays only"),
    CodeMeaning(RuleCode.PHASE_TAKES_NOTHING, "VN-A1", "The exchange takes no orders in this phase"),
    CodeMeaning(RuleCode.NO_PHASE_TODAY, "VN-A2", "No later phase of the day takes the type; the next date is told"),
    CodeMeaning(
        RuleCode.ORDER_TYPE_NOT_OFFERED, "VN-A2", "The exchange may take the type, this service does not send it"
    ),
    CodeMeaning(RuleCode.ORDER_TYPE_UNKNOWN, "VN-A2", "No order type has that name"),
    CodeMeaning(RuleCode.ORDER_TYPE_RENAMED, "VN-C4", "The type has another name now"),
    CodeMeaning(RuleCode.PUT_THROUGH_NOT_OFFERED, "VN-D4", "Put-through and buy-in are not offered"),
    CodeMeaning(RuleCode.TIME_IN_FORCE_NOT_OFFERED, "VN-C1", "Only DAY is offered"),
    CodeMeaning(RuleCode.ORDER_TYPE_NOT_ON_EXCHANGE, "VN-A2", "No phase of the exchange takes the type"),
    CodeMeaning(RuleCode.ORDER_TYPE_NOT_IN_PHASE, "VN-A2", "The phase takes other types only"),
    CodeMeaning(RuleCode.NO_CLOSING_PRICE, "VN-D3", "Nothing traded today, so there is no post-close trading"),
    CodeMeaning(RuleCode.CANCEL_NOT_NOW, "VN-A3", "The phase cancels nothing; the next time is told if there is one"),
    CodeMeaning(RuleCode.AMEND_NOT_NOW, "VN-A3", "The phase amends nothing; the next time is told if there is one"),
    CodeMeaning(RuleCode.AMEND_CHANGES_NOTHING, "VN-A3", "The amendment asks for what the order already is"),
    CodeMeaning(RuleCode.AMEND_PRICE_AND_QUANTITY, "VN-A3", "One amendment asks for a new price and a new quantity"),
    CodeMeaning(RuleCode.AMEND_BELOW_FILLED, "VN-C5", "The new quantity is not above the filled one", Unit.SHARES),
    CodeMeaning(
        RuleCode.AMEND_ACROSS_BOARDS, "VN-C5", "The amendment would move the order between lot boards", Unit.SHARES
    ),
    CodeMeaning(RuleCode.PRICE_MISSING, "VN-A4", "The type needs a price", Unit.VND),
    CodeMeaning(RuleCode.UNEXPECTED_PRICE, "VN-A4", "The type carries no price", Unit.VND),
    CodeMeaning(RuleCode.QUANTITY_NOT_A_LOT, "VN-A6", "Neither an odd lot nor a multiple of the lot", Unit.SHARES),
    CodeMeaning(RuleCode.ODD_LOT_NEEDS_LIMIT, "VN-C6", "Odd lots trade as LO only"),
    CodeMeaning(
        RuleCode.ODD_LOT_BEFORE_FIRST_PRICE, "VN-D9", "No odd lots before the first round-lot price", Unit.SHARES
    ),
    CodeMeaning(RuleCode.ODD_LOT_RESTRICTED, "VN-C6", "Restricted HOSE stocks trade in round lots only", Unit.SHARES),
    CodeMeaning(RuleCode.PUT_THROUGH_FIRST_DAY, "VN-A10", "No put-through on a first day or a day of return"),
    CodeMeaning(
        RuleCode.PUT_THROUGH_BELOW_MINIMUM, "VN-A6", "Fewer shares than a put-through trade needs", Unit.SHARES
    ),
    CodeMeaning(RuleCode.QUANTITY_ABOVE_MAXIMUM, "VN-A6", "More shares than one order may carry", Unit.SHARES),
    CodeMeaning(
        RuleCode.QUANTITY_ABOVE_FIRM_LIMIT, "RK-01", "More shares than the firm allows in one order", Unit.SHARES
    ),
    CodeMeaning(RuleCode.PRICE_OFF_TICK, "VN-A5", "Not a multiple of the tick at that price", Unit.VND),
    CodeMeaning(RuleCode.PRICE_ABOVE_CEILING, "VN-A7", "Above the day's ceiling", Unit.VND),
    CodeMeaning(RuleCode.PRICE_BELOW_FLOOR, "VN-A7", "Below the day's floor", Unit.VND),
    CodeMeaning(RuleCode.OPPOSITE_ORDER, "VN-C7", "The investor's other side was entered in the same auction"),
    CodeMeaning(
        RuleCode.SELF_CROSSING,
        "VN-C7",
        "A warning, told by a preview only: the order could meet the investor's own",
        Unit.VND,
    ),
    CodeMeaning(RuleCode.FOREIGN_ROOM_EXCEEDED, "VN-C7", "More shares than foreigners may still buy", Unit.SHARES),
    CodeMeaning(RuleCode.TOO_MANY_POSITIONS, "RK-07", "The firm's limit of symbols held or being bought"),
    CodeMeaning(RuleCode.ACCOUNT_REDUCE_ONLY, "RK-12", "The account may only sell what it owns"),
    CodeMeaning(RuleCode.ACCOUNT_BLOCKED, "RK-12", "The account takes no new orders"),
    CodeMeaning(RuleCode.INSUFFICIENT_SHARES, "VN-A11", "Fewer settled shares than the order sells", Unit.SHARES),
    CodeMeaning(RuleCode.INSUFFICIENT_CASH, "RK-05", "Less cash than the order with its commission needs", Unit.VND),
    CodeMeaning(RuleCode.IDEMPOTENCY_KEY_REUSED, "API-02", "The request's key has made another order"),
)

UNITS: dict[RuleCode, Unit] = {row.code: row.unit for row in MEANINGS if row.unit is not None}
