"""How many shares one order may carry: round lots, odd lots and the maximum (VN-A6)."""

from dataclasses import dataclass

from market.citations import Citation, Confidence, cite
from market.vocabulary import Exchange

LOT = 100


@dataclass(frozen=True, slots=True)
class SizeRow:
    """Shares: the lot, the most that one order may carry, and the least that a put-through trade may."""

    exchange: Exchange
    lot: int
    maximum: int
    put_through_minimum: int
    cited: Citation


SIZES: tuple[SizeRow, ...] = (
    SizeRow(Exchange.HOSE, LOT, 500_000, 20_000, cite("VN-A6", Confidence.HIGH, "S15 S19 S24 S72")),
    # VN-D6: no exchange rule found for the maximum on HNX and UPCOM; the known gateway limit stands in.
    SizeRow(Exchange.HNX, LOT, 999_900, 5_000, cite("VN-D6", Confidence.LOW, "S7 S15 S23 S28")),
    SizeRow(Exchange.UPCOM, LOT, 999_900, 1, cite("VN-D6", Confidence.LOW, "S8 S15 S27 S28")),
)

MAXIMUM_QUANTITY: dict[Exchange, int] = {row.exchange: row.maximum for row in SIZES}
PUT_THROUGH_MINIMUM: dict[Exchange, int] = {row.exchange: row.put_through_minimum for row in SIZES}


def is_round_lot(quantity: int) -> bool:
    return quantity > 0 and quantity % LOT == 0


def is_odd_lot(quantity: int) -> bool:
    """1 to 99 shares: traded on a board of its own (VN-C6)."""
    return 0 < quantity < LOT


def nearest_quantities(quantity: int, maximum: int) -> tuple[int, ...]:
    """The valid quantities next to an invalid one: the lots around it, the `maximum`, or a single share."""
    if quantity <= 0:
        return (1,)
    if quantity > maximum:
        return (maximum - maximum % LOT,)
    whole = quantity - quantity % LOT
    return tuple(value for value in (whole, whole + LOT) if value <= maximum)


def split(quantity: int) -> tuple[int, int]:
    """The round lots and the odd lot that make up `quantity`, which are two orders."""
    return quantity - quantity % LOT, quantity % LOT
