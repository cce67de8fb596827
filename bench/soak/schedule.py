"""What a soak's clients do and when, drawn from one seed: orders with their amendments and cancels."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

ORDERS_PER_SECOND = 5.0

_CHEAP = ("HAG", "POW", "OIL", "VGT")  # so that a billion of cash lasts for ten minutes
_OWNED = ("FPT", "VIC", "SHS", "ACV")
_SALES = 0.25
_MARKETABLE = 0.08
_NEAR = 0.08
_CANCELLED = 0.5
_AMENDED = 0.15
_REPEATED = 0.1
_LARGEST_LOTS = 3


class Limit(StrEnum):
    """Where an order's price lies: it trades at once, is met sooner or later, or rests."""

    MARKETABLE = "marketable"
    NEAR = "near"
    RESTING = "resting"


@dataclass(frozen=True, slots=True)
class Wish:
    """One order as its client wants it; `copies` of the request leave at the same time. It is amended to a lot more
    after `amend_after` seconds."""

    number: int
    at: float
    symbol: str
    side: str
    limit: Limit
    quantity: int
    copies: int
    amend_after: float | None
    cancel_after: float | None


def wishes(seed: int, seconds: float) -> Iterator[Wish]:
    """The orders of `seconds` in the order of their times."""
    random = Random(f"orders {seed}")
    for number in range(int(seconds * ORDERS_PER_SECOND)):
        yield _wish(random, number)


def _wish(random: Random, number: int) -> Wish:
    sells = random.random() < _SALES
    draw = random.random()
    limit = Limit.MARKETABLE if draw < _MARKETABLE else Limit.NEAR if draw < _MARKETABLE + _NEAR else Limit.RESTING
    return Wish(
        number=number,
        at=number / ORDERS_PER_SECOND,
        symbol=random.choice(_OWNED if sells else _CHEAP),
        side="SELL" if sells else "BUY",
        limit=limit,
        quantity=100 * random.randint(1, _LARGEST_LOTS),
        copies=random.randint(2, 4) if random.random() < _REPEATED else 1,
        amend_after=random.uniform(0.0, 3.0) if random.random() < _AMENDED else None,
        cancel_after=random.uniform(0.0, 6.0) if random.random() < _CANCELLED else None,
    )
