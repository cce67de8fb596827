"""Amending and cancelling: price or quantity, what it does to priority, and every rule a change breaks (VN-A3)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from market.calendar import PUBLISHED, VIETNAM, TradingCalendar
from market.facts import NO_FACTS, TradingFacts
from market.instrument import Instrument
from market.investor_checks import room_exceeded
from market.listing_checks import not_trading
from market.lots import is_odd_lot
from market.offering import OFFERED
from market.order_types import type_row
from market.permissions import Permission, change_permission
from market.price_checks import band_broken, off_tick
from market.quantity_checks import above_maximum, not_a_lot
from market.statuses import status_of_phases
from market.terms import OrderTerms
from market.violations import RuleCode, Violation
from market.vocabulary import OrderType, SecurityStatus, Whereabouts
from market.words import STATUS_VI, figure, figure_vi


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
    permission = _permission(terms, instrument.status, now, whereabouts, calendar)
    return tuple(_not_now(RuleCode.CANCEL_NOT_NOW, "cancelled", "hủy", terms, instrument.status, permission))


def amend_violations(
    terms: OrderTerms,
    amendment: Amendment,
    instrument: Instrument | None,
    now: datetime,
    *,
    filled: int,
    whereabouts: Whereabouts,
    calendar: TradingCalendar = PUBLISHED,
    facts: TradingFacts = NO_FACTS,
) -> tuple[Violation, ...]:
    """Every rule that the change breaks at `now`, for an order of which `filled` shares have traded.

    An order that is still held here is checked as a new one besides (`market.checks.order_violations`). Without an
    `instrument` all is checked that needs none.
    """
    status = SecurityStatus.NORMAL if instrument is None else instrument.status
    permission = _permission(terms, status, now, whereabouts, calendar)
    return (
        *(() if instrument is None else _entered_anew(terms, amendment, instrument, now, whereabouts, calendar)),
        *_not_now(RuleCode.AMEND_NOT_NOW, "amended", "sửa", terms, status, permission),
        *_what_changes(terms, amendment),
        *_quantity(terms, amendment, filled),
        *(() if instrument is None else _price(terms, amendment, instrument, whereabouts)),
        *_room(terms, amendment, instrument, facts, whereabouts),
    )


def _permission(
    terms: OrderTerms, status: SecurityStatus, now: datetime, whereabouts: Whereabouts, calendar: TradingCalendar
) -> Permission:
    return change_permission(whereabouts, terms.order_type, terms.exchange, now, status, calendar)


def _entered_anew(
    terms: OrderTerms,
    amendment: Amendment,
    instrument: Instrument,
    now: datetime,
    whereabouts: Whereabouts,
    calendar: TradingCalendar,
) -> Iterator[Violation]:
    """A new price or more shares are entered like a new order, which a halted security does not take (VN-A10)."""
    if whereabouts is not Whereabouts.HELD_HERE and not keeps_priority(terms, amendment):
        yield from not_trading(terms, instrument, now, calendar, OFFERED)


def _room(
    terms: OrderTerms,
    amendment: Amendment,
    instrument: Instrument | None,
    facts: TradingFacts,
    whereabouts: Whereabouts,
) -> Iterator[Violation]:
    """More shares need more room; what stands in the exchange's book has its own already (VN-A11)."""
    amended = amendment.of(terms)
    if whereabouts is not Whereabouts.HELD_HERE and amended.quantity > terms.quantity:
        entered = terms.quantity if whereabouts is Whereabouts.AT_EXCHANGE else 0
        yield from room_exceeded(amended, instrument, facts, entered)


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
            f"{figure(filled)} shares have traded, so the quantity must stay above that; to stop the rest, cancel it.",
            f"Đã khớp {figure_vi(filled)} cổ phiếu nên khối lượng mới phải lớn hơn; muốn dừng phần còn lại hãy hủy "
            "lệnh.",
            given=quantity,
            allowed=filled + 1,
        )
    if is_odd_lot(quantity) is not is_odd_lot(terms.quantity):
        yield Violation(
            RuleCode.AMEND_ACROSS_BOARDS,
            "VN-C5",
            f"{figure(terms.quantity)} and {figure(quantity)} shares trade on different boards; cancel and place a new "
            "order.",
            f"{figure_vi(terms.quantity)} và {figure_vi(quantity)} cổ phiếu thuộc hai bảng khác nhau; hãy hủy và đặt "
            "lệnh mới.",
            given=quantity,
            allowed="odd lot" if is_odd_lot(terms.quantity) else "round lot",
        )
    for each in not_a_lot(terms.exchange, quantity):
        yield replace(each, nearest=tuple(near for near in each.nearest if near > filled))
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


def _not_now(
    code: RuleCode, done: str, done_vi: str, terms: OrderTerms, status: SecurityStatus, permission: Permission
) -> Iterator[Violation]:
    if permission.allowed:
        return
    following = permission.next_allowed
    when = following.astimezone(VIETNAM).isoformat(timespec="minutes") if following else None
    then = f"it can be from {when}" if when else "it stays as it is until it trades or expires"
    then_vi = f"có thể từ {when}" if when else "lệnh giữ nguyên đến khi khớp hoặc hết hiệu lực"
    # The rules do not tell what an exchange changes of a halted security, so nothing is promised for it.
    halted, halted_vi = "", ""
    if status_of_phases(terms.exchange, status) is not status:
        halted = f" {terms.symbol} is {status.lower()}, so the exchange may refuse it until trading goes on."
        halted_vi = f" {terms.symbol} đang {STATUS_VI[status]} nên sở có thể từ chối cho đến khi giao dịch trở lại."
    yield Violation(
        code,
        "VN-A3",
        f"{terms.order_type} on {terms.exchange} cannot be {done} in this phase; {then}.{halted}",
        f"Lệnh {terms.order_type} trên {terms.exchange} không được {done_vi} trong phiên này; {then_vi}.{halted_vi}",
        allowed=when,
    )
