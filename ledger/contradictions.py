"""Each contradiction in what the broker says of an order is told to a person, once."""

from typing import assert_never

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AlertKind
from ledger.alerting import raise_alert
from orders.order import Anomaly, Order

_KIND = AlertKind.ORDER_CONTRADICTION


async def tell_contradictions(connection: AsyncConnection, before: Order, after: Order) -> None:
    """Alert about every anomaly that `after` has and `before` had not.

    What the broker has taken back or corrected is booked, so the books agree and the account may go on.
    """
    for anomaly in after.anomalies:
        words = _words(anomaly)
        if anomaly in before.anomalies or words is None:
            continue
        key = f"{_KIND}:{after.order_id}:{anomaly}"
        await raise_alert(connection, _KIND, key, words, account_id=after.account_id, order_id=after.order_id)


def _words(anomaly: Anomaly) -> str | None:  # noqa: C901, PLR0911 - one line for each anomaly there is
    """None for what another alert tells."""
    match anomaly:
        case Anomaly.OVERFILLED:
            return None
        case Anomaly.FILL_AFTER_CLOSE:
            return "An execution came after the broker had ended the order; it is booked (LC-28)."
        case Anomaly.REJECT_AFTER_FILL:
            return "The broker rejected the order although shares of it were filled; they stand (LC-16)."
        case Anomaly.LIVE_AFTER_NOT_RECEIVED:
            return "The broker has an order that was closed as never received (LC-04)."
        case Anomaly.FILL_WORSE_THAN_LIMIT:
            return "An execution is worse than the order's limit; it is booked (LC-35)."
        case Anomaly.PARTIAL_FILL_OF_MOK:
            return "A MOK order was filled in part (LC-74)."
        case Anomaly.UNEXPECTED_TERMS:
            return "The broker shows a price or quantity that nobody here asked for."
        case Anomaly.LIVE_AFTER_CLOSE:
            return "The broker works on an order that it had ended (LC-62)."
        case Anomaly.FILL_TAKEN_BACK:
            return "The broker has taken filled shares back, as later figures show; it is booked (LC-31)."
        case Anomaly.FILL_CORRECTED:
            return "The broker has corrected a price of filled shares, as later figures show; it is booked (LC-31)."
        case Anomaly.FIGURES_UNCERTAIN:
            return (
                "The broker's words about the fills contradict each other and do not prove which count; booked is what "
                "is certain. Compare the order with the broker's statement (LC-31)."
            )
        case _:
            assert_never(anomaly)
