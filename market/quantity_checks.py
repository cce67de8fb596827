"""Checks of the number of shares: lots, odd lots and the maximum of one order (VN-A6, VN-C6)."""

from collections.abc import Iterator

from market.facts import TradingFacts
from market.instrument import Instrument
from market.lots import LOT, MAXIMUM_QUANTITY, is_odd_lot, is_round_lot, nearest_quantities, split
from market.offering import Offering
from market.statuses import Trading, trading_of
from market.terms import OrderTerms
from market.violations import RuleCode, Violation
from market.vocabulary import BandDay, Exchange, OrderType
from market.words import figure, figure_vi, figures, figures_vi

FIRST_PRICE_DAYS = frozenset({BandDay.FIRST_DAY, BandDay.RETURN_DAY})
"""Days that begin without a price of the round-lot board (VN-A10)."""


def not_a_lot(exchange: Exchange, quantity: int) -> Iterator[Violation]:
    if is_round_lot(quantity) or is_odd_lot(quantity):
        return
    maximum = MAXIMUM_QUANTITY[exchange]
    nearest = nearest_quantities(quantity, maximum)
    near, near_vi = figures(nearest), figures_vi(nearest)
    lots, odd = split(quantity)
    two, two_vi = "", ""
    if LOT < quantity <= maximum:
        two = f", or place two orders, a round lot of {figure(lots)} and an odd lot of {odd} as LO"
        two_vi = f", hoặc đặt hai lệnh: lô chẵn {figure_vi(lots)} và lô lẻ {odd} bằng lệnh LO"
    yield Violation(
        RuleCode.QUANTITY_NOT_A_LOT,
        "VN-A6",
        f"{figure(quantity)} shares are neither an odd lot (1 to 99) nor a multiple of {LOT}; take {near}{two}.",
        f"{figure_vi(quantity)} cổ phiếu không phải lô lẻ (1 đến 99) và không là bội số của {LOT}; "
        f"hãy đặt {near_vi}{two_vi}.",
        given=quantity,
        allowed=LOT,
        nearest=nearest,
    )


def above_maximum(exchange: Exchange, quantity: int) -> Iterator[Violation]:
    maximum = MAXIMUM_QUANTITY[exchange]
    if quantity > maximum:
        yield Violation(
            RuleCode.QUANTITY_ABOVE_MAXIMUM,
            "VN-A6",
            f"{figure(quantity)} shares exceed the maximum of {figure(maximum)} per order on {exchange}; "
            "place several orders.",
            f"{figure_vi(quantity)} cổ phiếu vượt mức tối đa {figure_vi(maximum)} mỗi lệnh trên {exchange}; "
            "hãy chia thành nhiều lệnh.",
            given=quantity,
            allowed=maximum,
            nearest=nearest_quantities(quantity, maximum),
        )


def odd_lot_barred(
    terms: OrderTerms, instrument: Instrument | None, facts: TradingFacts, offering: Offering
) -> Iterator[Violation]:
    """Odd lots are LO only, not before a round-lot price on a first day, and not of restricted HOSE stocks."""
    if not is_odd_lot(terms.quantity):
        return
    if terms.order_type is not OrderType.LO:
        yield Violation(
            RuleCode.ODD_LOT_NEEDS_LIMIT,
            "VN-C6",
            f"An odd lot of {terms.quantity} shares trades as LO only, not as {terms.order_type}.",
            f"Lô lẻ {terms.quantity} cổ phiếu chỉ giao dịch bằng lệnh LO, không phải {terms.order_type}.",
            given=terms.order_type.value,
            allowed=OrderType.LO.value,
            nearest=(LOT,),
        )
    if instrument is None:
        return
    if instrument.band_day in FIRST_PRICE_DAYS and facts.traded_today is False:
        yield Violation(
            RuleCode.ODD_LOT_BEFORE_FIRST_PRICE,
            "VN-D9",
            f"{terms.symbol} has no round-lot price yet today; until then it takes round lots of {LOT} only.",
            f"{terms.symbol} hôm nay chưa có giá lô chẵn; trước đó chỉ nhận lô chẵn {LOT}.",
            given=terms.quantity,
            allowed=LOT,
            nearest=(LOT,),
        )
    periodic = trading_of(instrument.exchange, instrument.status) is Trading.PERIODIC_AUCTIONS
    if periodic and offering.restricted_securities:
        yield Violation(
            RuleCode.ODD_LOT_RESTRICTED,
            "VN-C6",
            f"{terms.symbol} is restricted and trades in round lots of {LOT} only.",
            f"{terms.symbol} bị hạn chế giao dịch, chỉ giao dịch lô chẵn {LOT}.",
            given=terms.quantity,
            allowed=LOT,
            nearest=(LOT,),
        )
