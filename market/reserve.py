"""At which price the cash of a buy is set aside before it trades, and how much that is (VN-C7)."""

from typing import assert_never

from market.fees import FeeSchedule, commission
from market.instrument import Instrument
from market.terms import OrderTerms
from market.vocabulary import OrderType


def reserve_price(terms: OrderTerms, instrument: Instrument, closing_price: int | None = None) -> int:
    """The highest price the order can trade at: its limit, the closing price for PLO, else the ceiling."""
    match terms.order_type:
        case OrderType.LO:
            return instrument.ceiling if terms.price is None else terms.price
        case OrderType.PLO:
            return instrument.ceiling if closing_price is None else closing_price
        case OrderType.ATO | OrderType.ATC | OrderType.MTL | OrderType.MOK | OrderType.MAK:
            return instrument.ceiling
        case _:
            assert_never(terms.order_type)


def cash_for(fees: FeeSchedule, filled_value: int, leaves_value: int) -> int:
    """Cash that `leaves_value` VND of further buying needs with its commission, cumulative over the order.

    The tax of a sale comes from its proceeds.
    """
    whole = commission(fees, filled_value + leaves_value)
    return leaves_value + whole - commission(fees, filled_value)
