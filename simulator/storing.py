"""From what has changed in memory to one transaction of the journal."""

from collections.abc import Iterable
from datetime import date, timedelta

from simulator.journal import Batch, Kind
from simulator.participants import Participants
from simulator.records import (
    ACCOUNT,
    DAY,
    MESSAGE,
    META,
    MINUTE_BAR,
    ORDER,
    PARTICIPANT_ORDER,
    QUOTED,
    Meta,
    StreamMessage,
)
from simulator.state import Changes, ExchangeState
from simulator.trading_day import FinishedDay

HISTORY_DAYS = 60
"""How long (in calendar days) orders and prices of past days can be asked for."""

CHART_DAYS = 7
"""How long (in calendar days) the minutes of past days can be asked for."""

_OF_ONE_DAY = (Kind.ORDER, Kind.PARTICIPANT_ORDER, Kind.QUOTED, Kind.REQUEST, Kind.MESSAGE)


def put_changes(batch: Batch, state: ExchangeState, changes: Changes) -> None:
    """Add the changed records as they stand now; a key that is gone belonged to a day that has ended."""
    batch.puts.extend(
        (Kind.ORDER, key, ORDER.dump_json(state.orders[key]).decode()) for key in changes.orders if key in state.orders
    )
    batch.deletes.extend((Kind.ORDER, key) for key in changes.renamed_orders)
    batch.puts.extend((Kind.ACCOUNT, key, ACCOUNT.dump_json(state.accounts[key]).decode()) for key in changes.accounts)
    batch.puts.extend(
        (Kind.SECURITY, key, DAY.dump_json(state.securities[key].day).decode()) for key in changes.securities
    )
    batch.puts.extend(
        (Kind.PARTICIPANT_ORDER, key, PARTICIPANT_ORDER.dump_json(state.participant_orders[key]).decode())
        for key in changes.participant_orders
        if key in state.participant_orders
    )


def put_quoted(batch: Batch, state: ExchangeState, changes: Changes, participants: Participants) -> None:
    """Add what the automatic participants have where something has changed."""
    batch.puts.extend(
        (Kind.QUOTED, symbol, QUOTED.dump_json(participants.remembered(state, symbol)).decode())
        for symbol in changes.quoted
    )


def put_minute_bars(batch: Batch, changes: Changes) -> None:
    """Add the minutes that saw a trade; they stay when their day ends."""
    batch.puts.extend(
        (Kind.MINUTE_BAR, key, MINUTE_BAR.dump_json(bar).decode()) for key, bar in changes.minute_bars.items()
    )


def put_messages(batch: Batch, messages: Iterable[StreamMessage], today: date) -> None:
    """Add the messages of today: those of a day that has ended are sent but can no longer be replayed."""
    batch.puts.extend(
        (Kind.MESSAGE, f"{message.position:09d}", MESSAGE.dump_json(message).decode())
        for message in messages
        if message.trading_date == today
    )


def put_meta(batch: Batch, meta: Meta) -> None:
    batch.puts.append((Kind.META, "meta", META.dump_json(meta).decode()))


def put_finished_day(batch: Batch, finished: FinishedDay) -> None:
    """Turn the day's records into history and forget what is too old."""
    day = finished.trading_date.isoformat()
    batch.forget_kinds.extend(_OF_ONE_DAY)
    batch.puts.extend(
        (Kind.HISTORY_ORDER, f"{day}|{order.order_id}", ORDER.dump_json(order).decode()) for order in finished.orders
    )
    batch.puts.extend(
        (Kind.HISTORY_DAY, f"{day}|{summary.symbol}", DAY.dump_json(summary).decode()) for summary in finished.summaries
    )
    oldest = (finished.trading_date - timedelta(days=HISTORY_DAYS)).isoformat()
    oldest_chart = (finished.trading_date - timedelta(days=CHART_DAYS)).isoformat()
    batch.forget_before.extend(
        [(Kind.HISTORY_ORDER, oldest), (Kind.HISTORY_DAY, oldest), (Kind.MINUTE_BAR, oldest_chart)]
    )
