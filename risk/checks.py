"""Pre-trade checks of money, shares and limits: all violations with their numbers, over one snapshot."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from market.fees import FeeSchedule
from market.reserve import cash_for
from market.terms import OrderTerms
from market.violations import RuleCode, Violation
from market.vocabulary import Side
from market.words import figure, figure_vi


class TradingState(StrEnum):
    """What an account may do: everything, only reduce what it owns, or nothing new (RK-12)."""

    ACTIVE = "active"
    REDUCE_ONLY = "reduce_only"
    BLOCKED = "blocked"


class PreOpen(StrEnum):
    """Held here and sent when the phase opens, or sent at once and parked by the broker, which has its own queue."""

    LOCAL = "local"
    BROKER = "broker"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the firm: shares per order (RK-01) and symbols held or being bought at once (RK-07), and where an order
    waits for a later phase of its day."""

    maximum_order_quantity: int
    maximum_positions: int
    pre_open: PreOpen = PreOpen.LOCAL


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An account at the moment of the check, holds already taken off.

    `open_symbols` are the symbols owned or being bought.
    """

    available_cash: int
    sellable_shares: int
    open_symbols: frozenset[str]
    state: TradingState
    fees: FeeSchedule


def risk_violations(
    terms: OrderTerms, snapshot: Snapshot, limits: Limits, reserve_price: int | None = None
) -> tuple[Violation, ...]:
    """Every limit that `terms` would break.

    A buy without a price of its own is measured at `reserve_price` (VND, VN-C7); without both, not against cash.
    """
    return (
        *quantity_above_limit(terms, limits),
        *_positions(terms, snapshot, limits),
        *account_state(terms, snapshot),
        *_funds(terms, snapshot, reserve_price),
    )


def quantity_above_limit(terms: OrderTerms, limits: Limits) -> Iterator[Violation]:
    maximum = limits.maximum_order_quantity
    if terms.quantity > maximum:
        yield Violation(
            RuleCode.QUANTITY_ABOVE_FIRM_LIMIT,
            "RK-01",
            f"{figure(terms.quantity)} shares exceed the firm's maximum of {figure(maximum)} per order.",
            f"{figure_vi(terms.quantity)} cổ phiếu vượt mức tối đa {figure_vi(maximum)} mỗi lệnh của công ty.",
            given=terms.quantity,
            allowed=maximum,
        )


def _positions(terms: OrderTerms, snapshot: Snapshot, limits: Limits) -> Iterator[Violation]:
    opens_one = terms.side is Side.BUY and terms.symbol not in snapshot.open_symbols
    if opens_one and len(snapshot.open_symbols) >= limits.maximum_positions:
        yield Violation(
            RuleCode.TOO_MANY_POSITIONS,
            "RK-07",
            f"{len(snapshot.open_symbols)} symbols are held or being bought; the limit is {limits.maximum_positions}.",
            f"Đang nắm giữ hoặc mua {len(snapshot.open_symbols)} mã; tối đa {limits.maximum_positions} mã.",
            given=len(snapshot.open_symbols),
            allowed=limits.maximum_positions,
        )


def account_state(terms: OrderTerms, snapshot: Snapshot) -> Iterator[Violation]:
    match snapshot.state:
        case TradingState.ACTIVE:
            return
        case TradingState.REDUCE_ONLY:
            if terms.side is Side.BUY:
                yield Violation(
                    RuleCode.ACCOUNT_REDUCE_ONLY,
                    "RK-12",
                    "The account may only sell what it owns until a person has cleared it.",
                    "Tài khoản chỉ được bán chứng khoán đang có cho đến khi được mở lại.",
                    given=terms.side.value,
                    allowed=Side.SELL.value,
                )
        case TradingState.BLOCKED:
            yield Violation(
                RuleCode.ACCOUNT_BLOCKED,
                "RK-12",
                "The account takes no new orders until a person has cleared it.",
                "Tài khoản không nhận lệnh mới cho đến khi được mở lại.",
            )
        case _:
            assert_never(snapshot.state)


def _funds(terms: OrderTerms, snapshot: Snapshot, reserve_price: int | None) -> Iterator[Violation]:
    if terms.side is Side.SELL:
        if terms.quantity > snapshot.sellable_shares:
            yield insufficient_shares(terms, terms.quantity, snapshot.sellable_shares)
        return
    price = reserve_price if terms.price is None else terms.price
    if price is None:
        return
    needed = cash_for(snapshot.fees, 0, terms.quantity * price)
    if needed > snapshot.available_cash:
        yield insufficient_cash(needed, snapshot.available_cash)


def insufficient_shares(terms: OrderTerms, needed: int, free: int) -> Violation:
    return Violation(
        RuleCode.INSUFFICIENT_SHARES,
        "VN-A11",
        f"Selling {figure(needed)} {terms.symbol} needs settled shares; {figure(free)} are free.",
        f"Bán {figure_vi(needed)} {terms.symbol} cần cổ phiếu đã về; hiện bán được {figure_vi(free)}.",
        given=needed,
        allowed=free,
    )


def insufficient_cash(needed: int, available: int) -> Violation:
    return Violation(
        RuleCode.INSUFFICIENT_CASH,
        "RK-05",
        f"The order needs {figure(needed)} VND with commission; {figure(available)} VND are available.",
        f"Lệnh cần {figure_vi(needed)} đồng gồm phí; sức mua còn {figure_vi(available)} đồng.",
        given=needed,
        allowed=available,
    )
