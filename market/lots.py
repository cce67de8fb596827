"""How many shares one order may carry: round lots, odd lots and the maximum (VN-A6)."""

from market.vocabulary import Exchange

LOT = 100

MAXIMUM_QUANTITY: dict[Exchange, int] = {
    Exchange.HOSE: 500_000,
    # VN-D6: no exchange rule found for HNX and UPCOM; the known gateway limit stands in.
    Exchange.HNX: 999_900,
    Exchange.UPCOM: 999_900,
}


def is_round_lot(quantity: int) -> bool:
    return quantity > 0 and quantity % LOT == 0


def is_odd_lot(quantity: int) -> bool:
    """1 to 99 shares: traded on a board of its own (VN-C6)."""
    return 0 < quantity < LOT


def nearest_quantities(quantity: int) -> tuple[int, ...]:
    """The round lots around an invalid quantity, or the two orders (lot and rest) it can be split into."""
    whole = quantity - quantity % LOT
    return tuple(value for value in (whole, whole + LOT) if value > 0)
