"""The classes of an order's life, each driven for real through one trading day.

A life is a generator: it yields the stage of the day that it needs next, and returns when its history is to be
written. Its name is its order's client order id.
"""

from collections.abc import Callable, Generator
from typing import Final

from broker.port import Accepted
from cli.outside_orders import late_fill, sell_elsewhere
from cli.trading_day import QUANTITY, Json, Stage, TradingDay
from local.failure import CannotRun

Life = Generator[Stage, None, str]
"""Yields the stages that the life waits for; returns the order's id."""

_PART: Final = 300


def denied(day: TradingDay) -> Life:
    yield Stage.MORNING
    return day.place("denied", "VIC", quantity=150)


def filled_at_once(day: TradingDay) -> Life:
    yield Stage.MORNING
    day.sell_to("MBB")
    order_id = day.place("filled_at_once", "MBB")
    day.wait_for_status(order_id, "filled")
    return order_id


def filled_in_parts(day: TradingDay) -> Life:
    yield Stage.MORNING
    order_id = day.working("filled_in_parts", "HPG")
    for part in (1, 2):
        day.sell_to("HPG", _PART)
        day.wait_for_fill(order_id, part * _PART)
    day.sell_to("HPG", QUANTITY - 2 * _PART)
    day.wait_for_status(order_id, "filled")
    return order_id


def cancelled(day: TradingDay) -> Life:
    yield Stage.MORNING
    order_id = day.working("cancelled", "CTG")
    day.cancel(order_id)
    day.wait_for_status(order_id, "canceled")
    return order_id


def cancelled_after_a_part_fill(day: TradingDay) -> Life:
    yield Stage.MORNING
    order_id = day.working("cancelled_after_a_part_fill", "BID")
    day.sell_to("BID", _PART)
    day.wait_for_fill(order_id, _PART)
    day.cancel(order_id)
    day.wait_for_status(order_id, "canceled")
    return order_id


def cancel_sent_again(day: TradingDay) -> Life:
    """The first cancel never arrives and has no answer (LC-43)."""
    yield Stage.MORNING
    order_id = day.working("cancel_sent_again", "TCB")
    day.fault("drop_before_taking", "CancelOrder")
    day.cancel(order_id)
    day.wait_for_status(order_id, "canceled")
    return order_id


def late_fill_after_the_cancel(day: TradingDay) -> Life:
    """The second run, which a late execution started from the row (LC-27)."""
    yield Stage.MORNING
    order_id = day.working("late_fill_after_the_cancel", "ACB")
    day.cancel(order_id)
    day.wait_for_status(order_id, "canceled")
    late_fill(day.stack, order_id, _PART)
    day.wait_for_fill(order_id, _PART)
    return order_id


def unknown_then_found(day: TradingDay) -> Life:
    """The broker takes the order, its answer is lost, and the stream is cut for a moment (LC-03)."""
    yield Stage.MORNING
    day.fault("stream_drop")
    day.fault("drop_reply_after_taking", "NewOrder")
    order_id = day.working("unknown_then_found", "VPB")
    day.sell_to("VPB")
    day.wait_for_status(order_id, "filled")
    return order_id


def not_sent_then_sent_again(day: TradingDay) -> Life:
    """The broker cannot be reached for a moment, which proves that nothing was sent."""
    yield Stage.MORNING
    day.stack.kill("simulator")
    order_id = day.place("not_sent_then_sent_again", "HDB")
    day.wait_for_status(order_id, "working")
    day.sell_to("HDB")
    day.wait_for_status(order_id, "filled")
    return order_id


def worker_restarted(day: TradingDay) -> Life:
    yield Stage.MORNING
    order_id = day.working("worker_restarted", "SSI")
    before = day.stack.process_id("worker")
    day.stack.kill("worker")
    day.wait_for(lambda: day.stack.process_id("worker"), lambda now: now != before)
    day.cancel(order_id)
    day.wait_for_status(order_id, "canceled")
    return order_id


def rejected_by_the_broker(day: TradingDay) -> Life:
    """The shares were sold past us, so only the broker can know that they are not there (LC-06, LC-15)."""
    yield Stage.MORNING
    outcome = sell_elsewhere(day.stack, "VIC")
    if not isinstance(outcome, Accepted):
        raise CannotRun(f"the sale past us was not taken: {outcome}")
    order_id = day.place("rejected_by_the_broker", "VIC", side="SELL")
    day.wait_for_status(order_id, "rejected")
    return order_id


def working(day: TradingDay) -> Life:
    """Still open: what a start finds and replays before its worker goes on with it."""
    yield Stage.MORNING
    return day.working("working", "VND")


def amended(day: TradingDay) -> Life:
    """A new price, by the broker's own word (LC-54)."""
    yield Stage.MORNING
    order_id = day.working("amended", "REE")
    day.amend(order_id, "REE")
    day.wait_for(lambda: day.seen(order_id), lambda order: order["status"] == "working" and is_amended(order))
    day.cancel(order_id)
    day.wait_for_status(order_id, "canceled")
    return order_id


def amended_while_held(day: TradingDay) -> Life:
    """The order is ours still: it has the new price at once."""
    yield Stage.BREAK
    order_id = day.place("amended_while_held", "PNJ")
    day.wait_for_status(order_id, "accepted")
    day.amend(order_id, "PNJ")
    day.wait_for(lambda: day.seen(order_id), is_amended)
    day.cancel(order_id)
    day.wait_for_status(order_id, "canceled")
    return order_id


def amendment_looked_up(day: TradingDay) -> Life:
    """The amendment never arrives and has no answer: a look into the book that comes late enough proves it (LC-63)."""
    yield Stage.MORNING
    order_id = day.working("amendment_looked_up", "MSN")
    day.fault("drop_before_taking", "ModifyOrder")
    day.amend(order_id, "MSN")
    day.wait_for(lambda: day.seen(order_id), lambda order: (order.get("amend") or {}).get("state") == "refused")
    day.cancel(order_id)
    day.wait_for_status(order_id, "canceled")
    return order_id


def is_amended(order: Json) -> bool:
    return (order.get("amend") or {}).get("state") == "done"


def cancel_refused(day: TradingDay) -> Life:
    """The broker refuses the cancel, so the order lives on and fills (LC-42)."""
    yield Stage.MORNING
    order_id = day.working("cancel_refused", "HCM")
    day.fault("cancel_refused", "CancelOrder")
    day.cancel(order_id)
    day.wait_for_status(order_id, "working")
    yield Stage.AFTERNOON
    day.sell_to("HCM")
    day.wait_for_status(order_id, "filled")
    return order_id


def held_then_filled(day: TradingDay) -> Life:
    yield Stage.BREAK
    order_id = day.place("held_then_filled", "PLX")
    day.wait_for_status(order_id, "accepted")
    yield Stage.AFTERNOON
    day.wait_for_status(order_id, "working")
    day.sell_to("PLX")
    day.wait_for_status(order_id, "filled")
    return order_id


def cancelled_while_held(day: TradingDay) -> Life:
    yield Stage.BREAK
    order_id = day.place("cancelled_while_held", "POW")
    day.wait_for_status(order_id, "accepted")
    day.cancel(order_id)
    day.wait_for_status(order_id, "canceled")
    return order_id


def expired_at_the_close(day: TradingDay) -> Life:
    yield Stage.AFTERNOON
    order_id = day.working("expired_at_the_close", "KDH")
    yield Stage.AFTER_THE_CLOSE
    day.wait_for_status(order_id, "expired")
    return order_id


def never_received(day: TradingDay) -> Life:
    """The request is lost on its way; the book of the day's end proves it (LC-04)."""
    yield Stage.AFTERNOON
    day.fault("drop_before_taking", "NewOrder")
    order_id = day.place("never_received", "HAG")
    day.wait_for(lambda: day.seen(order_id), lambda order: order.get("broker_state") == "unknown")
    yield Stage.AFTER_THE_CLOSE
    day.wait_for_status(order_id, "canceled")
    return order_id


LIVES: Final[tuple[Callable[[TradingDay], Life], ...]] = (
    denied,
    filled_at_once,
    filled_in_parts,
    cancelled,
    cancelled_after_a_part_fill,
    cancel_sent_again,
    late_fill_after_the_cancel,
    unknown_then_found,
    not_sent_then_sent_again,
    worker_restarted,
    rejected_by_the_broker,
    working,
    amended,
    amended_while_held,
    amendment_looked_up,
    cancel_refused,
    held_then_filled,
    cancelled_while_held,
    expired_at_the_close,
    never_received,
)
STILL_OPEN: Final = frozenset({"working"})
"""Lives whose history is written while the run goes on."""
SECOND_RUN: Final = frozenset({"late_fill_after_the_cancel"})
"""Lives whose history is the run that was started anew after the first had ended."""
