"""Amending and cancelling: price or quantity, what it does to priority, and every rule a change breaks (VN-A3)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from market.calendar import PUBLISHED, VIETNAM, TradingCalendar
from market.instrument import Instrument
from market.lots import is_odd_lot
from market.order_types import type_row
from market.permissions import Permission, change_permission
from market.price_checks import band_broken, off_tick
from market.quantity_checks import above_maximum, not_a_lot
from market.terms import OrderTerms
from market.violations import RuleCode, Violation
from market.vocabulary import OrderType, Whereabouts


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is to change: VND, or the order's whole quantity in shares; None leaves it as it is."""

    price: int | None = None
    quantity: int | None = None

    def of(self, terms: OrderTerms) -> OrderTerms:
        """The terms once amended."""
        price = terms.price if self.price is None else self.price
        return replace(terms, price=price, quantity=self.quantity or terms.quantity)


def keeps_priority(terms: OrderTerms, amendment: Amendment) -> bool:
    """Only a smaller quantity keeps the order's time; a new price or more shares get a new one (VN-A3)."""
    amended = amendment.of(terms)
    return amended.price == terms.price and amended.quantity <= terms.quantity


def cancel_violations(
    terms: OrderTerms,
    instrument: Instrument,
    now: datetime,
    whereabouts: Whereabouts,
    calendar: TradingCalendar = PUBLISHED,
) -> tuple[Violation, ...]:
    permission = _permission(terms, instrument, now, whereabouts, calendar)
    if permission.allowed:
        return ()
    return (_not_now(RuleCode.CANCEL_NOT_NOW, "cancelled", "hủy", terms, permission),)


def amend_violations(
    terms: OrderTerms,
    amendment: Amendment,
    instrument: Instrument,
    now: datetime,
    *,
    filled: int,
    whereabouts: Whereabouts,
    calendar: TradingCalendar = PUBLISHED,
) -> tuple[Violation, ...]:
    """Every rule that the change breaks at `now`, for an order of which `filled` shares have traded."""
    permission = _permission(terms, instrument, now, whereabouts, calendar)
    refused = () if permission.allowed else (_not_now(RuleCode.AMEND_NOT_NOW, "amended", "sửa", terms, permission),)
    return (
        *refused,
        *_what_changes(terms, amendment),
        *_quantity(terms, amendment, filled),
        *_price(terms, amendment, instrument, whereabouts),
    )


def _permission(
    terms: OrderTerms, instrument: Instrument, now: datetime, whereabouts: Whereabouts, calendar: TradingCalendar
) -> Permission:
    return change_permission(whereabouts, terms.order_type, terms.exchange, now, instrument.status, calendar)


def _what_changes(terms: OrderTerms, amendment: Amendment) -> Iterator[Violation]:
    amended = amendment.of(terms)
    if amended == terms:
        yield Violation(
            RuleCode.AMEND_CHANGES_NOTHING,
            "VN-A3",
            "The amendment changes neither the price nor the quantity.",
            "Yêu cầu sửa không thay đổi giá hay khối lượng.",
        )
    if amended.price != terms.price and amended.quantity != terms.quantity:
        yield Violation(
            RuleCode.AMEND_PRICE_AND_QUANTITY,
            "VN-A3",
            "One amendment changes the price or the quantity, not both; send two.",
            "Mỗi lần chỉ được sửa giá hoặc khối lượng; hãy gửi hai yêu cầu.",
            given="price, quantity",
            allowed="price or quantity",
        )


def _quantity(terms: OrderTerms, amendment: Amendment, filled: int) -> Iterator[Violation]:
    quantity = amendment.quantity
    if quantity is None:
        return
    if quantity <= filled:
        yield Violation(
            RuleCode.AMEND_BELOW_FILLED,
            "VN-C5",
            f"{filled} shares have traded, so the quantity must stay above that; to stop the rest, cancel it.",
            f"Đã khớp {filled} cổ phiếu nên khối lượng mới phải lớn hơn; muốn dừng phần còn lại hãy hủy lệnh.",
            given=quantity,
            allowed=filled + 1,
        )
    if is_odd_lot(quantity) is not is_odd_lot(terms.quantity):
        yield Violation(
            RuleCode.AMEND_ACROSS_BOARDS,
            "VN-C5",
            f"{terms.quantity} and {quantity} shares trade on different boards; cancel and place a new order.",
            f"{terms.quantity} và {quantity} cổ phiếu thuộc hai bảng khác nhau; hãy hủy và đặt lệnh mới.",
            given=quantity,
            allowed="odd lot" if is_odd_lot(terms.quantity) else "round lot",
        )
    yield from not_a_lot(quantity)
    yield from above_maximum(terms.exchange, quantity)


def _price(
    terms: OrderTerms, amendment: Amendment, instrument: Instrument, whereabouts: Whereabouts
) -> Iterator[Violation]:
    price = amendment.price
    if price is None:
        return
    # VN-C4: what is left of an MTL rests as an LO.
    rests_as_limit = terms.order_type is OrderType.MTL and whereabouts is Whereabouts.AT_EXCHANGE
    if not type_row(terms.order_type).has_price and not rests_as_limit:
        yield Violation(
            RuleCode.UNEXPECTED_PRICE,
            "VN-A4",
            f"{terms.order_type} carries no price that could be amended.",
            f"Lệnh {terms.order_type} không có giá để sửa.",
            given=price,
        )
        return
    yield from off_tick(price, instrument)
    yield from band_broken(price, instrument)


def _not_now(code: RuleCode, done: str, done_vi: str, terms: OrderTerms, permission: Permission) -> Violation:
    following = permission.next_allowed
    when = following.astimezone(VIETNAM).isoformat(timespec="minutes") if following else None
    then = f"it can be from {when}" if when else "it stays as it is until it trades or expires"
    then_vi = f"có thể từ {when}" if when else "lệnh giữ nguyên đến khi khớp hoặc hết hiệu lực"
    return Violation(
        code,
        "VN-A3",
        f"{terms.order_type} on {terms.exchange} cannot be {done} in this phase; {then}.",
        f"Lệnh {terms.order_type} trên {terms.exchange} không được {done_vi} trong phiên này; {then_vi}.",
        allowed=when,
    )
