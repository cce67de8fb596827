"""What an operator reads on top of an order's page in the web UI, as Markdown."""

from market.vocabulary import Side
from orders.holds import charges, hold
from orders.order import Order, Request
from orders.status import status
from orders.stored import StoredOrder
from workflows.search_attributes import summary, thousands


def markdown(stored: StoredOrder) -> str:
    """State, quantities, hold, reasons and requests of the booked order; prices in thousand VND, money in VND."""
    order = stored.order
    return "\n".join(
        [
            f"### {summary(order.terms)}: {status(order).value}",
            "",
            f"- account **{order.account_id}**, client order id `{order.client_order_id}`, user {stored.user}",
            f"- broker: {order.life.value}, order id `{order.broker_order_id or 'none yet'}`",
            (
                f"- filled **{order.filled:,}** of {order.quantity:,}{_average(order)}, "
                f"cancelled {order.cancelled:,}, leaves {order.leaves:,}"
            ),
            f"- {_hold(order)}, commission {charges(order).commission:,} VND, tax {charges(order).tax:,} VND",
            *_waiting(stored),
            *(f"- denied: {v.message} ({v.rule})" for v in stored.verdict.violations),
            *([f"- broker or operator says: {order.text}"] if order.text else []),
            *(f"- **anomaly**: {anomaly.value}" for anomaly in order.anomalies),
            *(_request(request) for request in order.requests),
            f"- booked version {stored.version} at {stored.updated_at:%Y-%m-%d %H:%M:%S} UTC",
        ]
    )


def _quantities(order: Order) -> str:
    filled = f"filled **{order.filled:,}** of {order.quantity:,}{_average(order)}"
    return f"{filled}, cancelled {order.cancelled:,}, leaves {order.leaves:,}"


def _average(order: Order) -> str:
    return f" at {thousands(order.filled_value // order.filled)} on average" if order.filled else ""


def _hold(order: Order) -> str:
    if order.terms.side is Side.SELL:
        return f"hold {hold(order).shares:,} shares"
    return f"hold {hold(order).cash:,} VND"


def _waiting(stored: StoredOrder) -> list[str]:
    if stored.send_after is None:
        return []
    return [f"- waits for the phase that opens at {stored.send_after.isoformat()} (market time)"]


def _request(request: Request) -> str:
    reason = f": {request.code} {request.text}".rstrip() if request.code or request.text else ""
    return f"- {request.action.value} `{request.request_id or 'not sent'}` {request.state.value}{reason}"
