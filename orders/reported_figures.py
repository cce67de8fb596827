"""The broker's cumulative figures of what has traded: the highest stand, and a later word below them contradicts them.

SSI has no message for an execution that is taken back or corrected: it only shows in these figures.
"""

from dataclasses import replace

from orders.evidence import BrokerReport
from orders.order import Anomaly, Order


def follow_figures(order: Order, report: BrokerReport) -> Order:
    """`order` with the figures of `report`; lower ones may be old news (LC-26), unless their number proves them later.

    What is taken back or corrected is not booked, since a person must decide (LC-31): the order is marked.
    """
    if report.filled > order.reported_quantity:
        return replace(
            order,
            reported_quantity=report.filled,
            reported_value=report.filled_value,
            reported_number=max(order.reported_number, report.number),
        )
    if not _is_later_word(order, report):
        return order
    if report.filled < order.reported_quantity:
        return order.marked(Anomaly.FILL_TAKEN_BACK)
    return order.marked(Anomaly.FILL_CORRECTED) if _is_other_value(order, report) else order


def _is_later_word(order: Order, report: BrokerReport) -> bool:
    """Figures of another of the order's ids count by themselves (LC-62)."""
    is_later = 0 < order.reported_number < report.number
    return is_later and order.reported_quantity > 0 and report.broker_order_id == order.broker_order_id


def _is_other_value(order: Order, report: BrokerReport) -> bool:
    """The broker tells an average, which may be rounded to a dong."""
    return abs(report.filled_value - order.reported_value) > report.filled
