"""Which buckets an acceptance, a booking or a movement from outside changes, and by how much; pure arithmetic.

Every set of postings sums to zero per asset. They depend only on the order before and after and on what is free, so
the same evidence in any order ends in the same balances.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from market.vocabulary import Side
from orders.holds import Hold, charges, hold
from orders.order import Order

CASH = "cash:VND"
"""The asset of money. Shares go by their symbol, and `VND` alone is a listed share."""


class Bucket(StrEnum):
    """The client's first four; `shortfall` is what is owed (never positive). The rest is the other side of trades."""

    AVAILABLE = "available"
    HELD = "held"
    PENDING = "pending"
    SHORTFALL = "shortfall"
    CLEARING = "clearing"
    COMMISSION = "commission"
    TAX = "tax"
    EXTERNAL = "external"


OWNED = frozenset({Bucket.AVAILABLE, Bucket.HELD, Bucket.PENDING, Bucket.SHORTFALL})


@dataclass(frozen=True, slots=True)
class Posting:
    """`amount` VND or shares added to one bucket; `traded_on` only for what is pending."""

    bucket: Bucket
    asset: str
    amount: int
    traded_on: date | None = None


@dataclass(frozen=True, slots=True)
class Free:
    """What an account can still spend: available less shortfall, negative while it is short.

    `pending_cash` and `pending_shares` are what already waits in the buckets of the order's trade date.
    """

    cash: int
    shares: int
    pending_cash: int
    pending_shares: int


def ledger_account_id(account_id: str, bucket: Bucket, asset: str, traded_on: date | None = None) -> str:
    """The identity of one bucket, for example `0901351/pending/cash:VND/2026-03-04`."""
    parts = (account_id, bucket.value, asset)
    return "/".join(parts if traded_on is None else (*parts, traded_on.isoformat()))


def needed_hold(order: Order) -> Hold:
    """`orders.holds.hold`, and nothing for an order without any price, which is never sent but must stay bookable."""
    if order.terms.side is Side.BUY and order.terms.price is None and order.reserve_price is None:
        return Hold()
    return hold(order)


def acceptance_postings(order: Order) -> tuple[Posting, ...]:
    """Set aside what a new order needs; the database refuses it when that is not available (I5)."""
    needed = needed_hold(order)
    symbol = order.terms.symbol
    return merged(
        (
            Posting(Bucket.AVAILABLE, CASH, -needed.cash),
            Posting(Bucket.HELD, CASH, needed.cash),
            Posting(Bucket.AVAILABLE, symbol, -needed.shares),
            Posting(Bucket.HELD, symbol, needed.shares),
        )
    )


def booking_postings(before: Order, after: Order, free: Free) -> tuple[Posting, ...]:
    """The difference that evidence made, in either direction: a provisional price may prove too high or too low, and
    shares may be taken back (LC-31)."""
    change = _buy if after.terms.side is Side.BUY else _sell
    return merged(change(before, after, free))


def settlement_postings(asset: str, traded_on: date, amount: int, free: int) -> tuple[Posting, ...]:
    """`amount` that was pending becomes available, paying a shortfall off first."""
    return merged((Posting(Bucket.PENDING, asset, -amount, traded_on), *change_free(asset, free, amount)))


def external_postings(asset: str, amount: int, free: int) -> tuple[Posting, ...]:
    """A movement that no order of ours made, such as a deposit or the opening balance."""
    return merged((Posting(Bucket.EXTERNAL, asset, -amount), *change_free(asset, free, amount)))


def pending_postings(asset: str, amount: int, traded_on: date) -> tuple[Posting, Posting]:
    """A movement that no order of ours made and that has not settled yet."""
    return Posting(Bucket.EXTERNAL, asset, -amount), Posting(Bucket.PENDING, asset, amount, traded_on)


def change_free(asset: str, free: int, amount: int) -> tuple[Posting, Posting]:
    """Add `amount` to what is free: available is used up before a shortfall grows, and a shortfall is paid first."""
    after = free + amount
    return (
        Posting(Bucket.AVAILABLE, asset, max(after, 0) - max(free, 0)),
        Posting(Bucket.SHORTFALL, asset, min(after, 0) - min(free, 0)),
    )


def merged(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """One posting per bucket, without those that come to nothing."""
    sums: dict[Posting, int] = {}
    for posting in postings:
        place = replace(posting, amount=0)
        sums[place] = sums.get(place, 0) + posting.amount
    return tuple(replace(place, amount=amount) for place, amount in sums.items() if amount)


def deepens_shortfall(postings: Iterable[Posting]) -> bool:
    return any(posting.bucket is Bucket.SHORTFALL and posting.amount < 0 for posting in postings)


def _buy(before: Order, after: Order, free: Free) -> Iterable[Posting]:
    symbol, traded_on = after.terms.symbol, after.trading_date
    held = needed_hold(after).cash - needed_hold(before).cash
    value = after.filled_value - before.filled_value
    commission = charges(after).commission - charges(before).commission
    shares = after.filled - before.filled
    pending = max(shares, -free.pending_shares)  # what is taken back after it has settled is taken from free shares
    yield Posting(Bucket.HELD, CASH, held)
    yield from change_free(CASH, free.cash, -held - value - commission)
    yield Posting(Bucket.CLEARING, CASH, value)
    yield Posting(Bucket.COMMISSION, CASH, commission)
    yield Posting(Bucket.PENDING, symbol, pending, traded_on)
    yield from change_free(symbol, free.shares, shares - pending)
    yield Posting(Bucket.CLEARING, symbol, -shares)


def _sell(before: Order, after: Order, free: Free) -> Iterable[Posting]:
    symbol, traded_on = after.terms.symbol, after.trading_date
    held = needed_hold(after).shares - needed_hold(before).shares
    sold = after.filled - before.filled
    value = after.filled_value - before.filled_value
    commission = charges(after).commission - charges(before).commission
    tax = charges(after).tax - charges(before).tax
    proceeds = value - commission - tax
    pending = max(proceeds, -free.pending_cash)  # proceeds that have settled already are corrected in free cash
    yield Posting(Bucket.HELD, symbol, held)
    yield from change_free(symbol, free.shares, -held - sold)
    yield Posting(Bucket.CLEARING, symbol, sold)
    yield Posting(Bucket.PENDING, CASH, pending, traded_on)
    yield from change_free(CASH, free.cash, proceeds - pending)
    yield Posting(Bucket.CLEARING, CASH, -value)
    yield Posting(Bucket.COMMISSION, CASH, commission)
    yield Posting(Bucket.TAX, CASH, tax)
