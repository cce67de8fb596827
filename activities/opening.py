"""What an account owned before today's orders; those that others placed are taken in afterwards, with their fills."""

from collections.abc import Collection
from dataclasses import replace

from broker.port import Book, BookRow, BrokerCash, BrokerPositions
from ledger.settlement import Opening, OpeningShares
from market.fees import FeeSchedule, commission, sale_tax
from market.vocabulary import Side
from orders.evidence import BrokerReport, BrokerState

ENDED = frozenset({BrokerState.FILLED, BrokerState.CANCELED, BrokerState.REJECTED, BrokerState.EXPIRED})
_NOTHING = OpeningShares(0, 0, 0)


def opening_of(
    cash: BrokerCash,
    positions: BrokerPositions,
    book: Book,
    fees: FeeSchedule,
    symbols: Collection[str] | None = None,
) -> Opening:
    """The broker's balances without what the orders in its book of today have done to them.

    Only orders that can be adopted are taken back (LC-98): the fills of the others stay in the balances. `symbols` are
    those with reference data for the day, without which nothing is adopted; None takes every symbol for known.
    """
    shares = {row.symbol: OpeningShares(row.owned, row.sellable, row.average_price) for row in positions.rows}
    opening = Opening(cash.settled, cash.receivable, shares)
    for row in book.rows:
        if _can_be_adopted(row, symbols):
            opening = _before(opening, row, fees)
    return opening


def _can_be_adopted(row: BookRow, symbols: Collection[str] | None) -> bool:
    if row.terms is None or not (row.request_id or row.external):
        return False
    return symbols is None or row.terms.symbol in symbols


def _before(opening: Opening, row: BookRow, fees: FeeSchedule) -> Opening:
    if row.terms is None:
        return opening
    report, symbol = row.report, row.terms.symbol
    had = opening.shares.get(symbol, _NOTHING)
    paid = commission(fees, report.filled_value)
    if row.terms.side is Side.BUY:
        changed = replace(had, owned=had.owned - report.filled)
        return replace(
            opening, cash=opening.cash + report.filled_value + paid, shares={**opening.shares, symbol: changed}
        )
    proceeds = report.filled_value - paid - sale_tax(fees, report.filled_value)
    changed = replace(had, owned=had.owned + report.filled, sellable=had.sellable + report.filled + _leaves(report))
    return replace(opening, receivable=opening.receivable - proceeds, shares={**opening.shares, symbol: changed})


def _leaves(report: BrokerReport) -> int:
    """Shares that the broker holds for what may still be sold."""
    return 0 if report.state in ENDED else report.quantity - report.filled - report.cancelled
