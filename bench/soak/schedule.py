"""What a soak does and when, drawn from one seed: orders with their cancels, and kills."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

ORDERS_PER_SECOND = 5.0
EVERYTHING = "everything"

_CHEAP = ("HAG", "POW", "OIL", "VGT")  # so that a billion of cash lasts for ten minutes
_OWNED = ("FPT", "VIC", "SHS", "ACV")
_KILLS = {"worker": 10, "api": 6, "simulator": 6, "postgres": 4, "temporal": 4, EVERYTHING: 1}
_PAUSE_SECONDS = (3.0, 12.0)
_SALES = 0.25
_MARKETABLE = 0.08
_NEAR = 0.08
_CANCELLED = 0.5
_REPEATED = 0.1
_LARGEST_LOTS = 3


class Limit(StrEnum):
    """Where an order's price lies: it trades at once, is met sooner or later, or rests."""

    MARKETABLE = "marketable"
    NEAR = "near"
    RESTING = "resting"


@dataclass(frozen=True, slots=True)
class Wish:
    """One order as its client wants it; `copies` of the request leave at the same time."""

    number: int
    at: float
    symbol: str
    side: str
    limit: Limit
    quantity: int
    copies: int
    cancel_after: float | None


@dataclass(frozen=True, slots=True)
class Kill:
    at: float
    victim: str


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
        cancel_after=random.uniform(0.0, 6.0) if random.random() < _CANCELLED else None,
    )


def kills(seed: int, seconds: float) -> Iterator[Kill]:
    """Deaths at random times; a few seconds lie between two of them, so that some meet a half-recovered stack."""
    random = Random(f"kills {seed}")
    at = random.uniform(*_PAUSE_SECONDS)
    while at < seconds:
        yield Kill(at, random.choices(list(_KILLS), list(_KILLS.values()))[0])
        at += random.uniform(*_PAUSE_SECONDS)
