"""The journal gives back what was written, whole transactions at a time, and a state survives the way through it."""

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from market.vocabulary import OrderType, Side
from simulator.broker_order import OrderStatus
from simulator.clock import at_time
from simulator.commands import CancelOrder, Command, ModifyOrder, NewOrder
from simulator.journal import Batch, Journal, Kind
from simulator.records import COMMAND, Meta, recover
from simulator.security import Board
from simulator.state import ExchangeState
from simulator.storing import put_changes, put_finished_day, put_meta
from simulator.trading_day import advance
from tests.simulator.market_of_one import ACCOUNT, DAY, at, meet, open_market, place


def test_a_later_value_replaces_an_earlier_one_and_kinds_are_apart(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal") as journal:
        journal.write(Batch(puts=[(Kind.ORDER, "1", "a"), (Kind.ACCOUNT, "1", "b")]))
        journal.write(Batch(puts=[(Kind.ORDER, "1", "c"), (Kind.ORDER, "0", "d")]))
        assert journal.read(Kind.ORDER) == [("0", "d"), ("1", "c")]
        assert journal.read(Kind.ACCOUNT) == [("1", "b")]


def test_a_batch_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal") as journal:
        broken = [(Kind.ORDER, "1", "a"), (Kind.ORDER, "2", None)]
        with pytest.raises(sqlite3.IntegrityError):
            journal.write(Batch(puts=broken))  # type: ignore[arg-type] # a value that cannot be stored is the point
        assert journal.read(Kind.ORDER) == []
        journal.write(Batch(puts=[(Kind.ORDER, "1", "a")]))
        assert journal.read(Kind.ORDER) == [("1", "a")]


def test_a_state_comes_back_equal_with_its_books_in_order(tmp_path: Path) -> None:
    state = open_market()
    first = place(state, quantity=300)
    second = place(state, quantity=200)
    meet(state, "VIC", Side.SELL, 85_500, 100)
    meet(state, "VIC", Side.BUY, 85_500, 400)
    with Journal(tmp_path / "journal") as journal:
        batch = Batch()
        state.changes.accounts[ACCOUNT] = None
        put_changes(batch, state, state.take_changes())
        put_meta(batch, Meta(DAY, state.now, 1, 3, state.counters, participants_enabled=True))
        journal.write(batch)
        recovered = recover(journal)
    assert recovered is not None
    found = recovered.state
    assert (found.orders, found.accounts, found.counters) == (state.orders, state.accounts, state.counters)
    assert found.securities["VIC"].day == state.securities["VIC"].day
    meet(found, "VIC", Side.SELL, 85_500, 500)
    assert (found.orders[first.order_id].leaves, found.orders[second.order_id].leaves) == (0, 0)
    assert found.securities["VIC"].books[Board.ROUND].depth(Side.BUY, 5) == [(85_500, 300)]


def test_the_end_of_a_day_turns_its_records_into_history_and_forgets_old_history(tmp_path: Path) -> None:
    state = open_market()
    order = place(state)
    with Journal(tmp_path / "journal") as journal:
        old = [(Kind.HISTORY_DAY, "2026-01-05|VIC", "{}"), (Kind.ORDER, order.order_id, "{}")]
        journal.write(Batch(puts=old))
        batch = Batch()
        for finished in advance(state, _next_day()):
            put_finished_day(batch, finished)
        journal.write(batch)
        assert journal.read(Kind.ORDER) == []
        assert [key for key, _ in journal.read(Kind.HISTORY_ORDER)] == [f"2026-11-23|{order.order_id}"]
        assert all(key >= "2026-11" for key, _ in journal.read(Kind.HISTORY_DAY))


def test_an_empty_folder_has_nothing_to_recover(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal") as journal:
        assert recover(journal) is None


def _next_day() -> datetime:
    return at_time(at("00:00").date().replace(day=25), at("09:20").time())


@pytest.mark.parametrize(
    "command",
    [
        NewOrder("10000001", ACCOUNT, "VIC", Side.BUY, OrderType.ATC, 0, 100, "TA"),
        ModifyOrder("10000002", ACCOUNT, "20000001", "VIC", Side.BUY, OrderType.LO, 85_500, 200),
        CancelOrder("10000003", ACCOUNT, "20000001", "VIC", Side.BUY),
    ],
)
def test_a_request_not_yet_carried_out_is_read_back_as_what_it_was(command: Command) -> None:
    assert COMMAND.validate_json(COMMAND.dump_json(command)) == command


def test_orders_of_an_auction_survive_in_their_order(tmp_path: Path) -> None:
    state = open_market("14:31")
    early = place(state, quantity=100)
    place(state, price=0, quantity=200, order_type=OrderType.ATC)
    meet(state, "VIC", Side.BUY, 0, 100, OrderType.ATC)
    with Journal(tmp_path / "journal") as journal:
        batch = Batch()
        state.changes.accounts[ACCOUNT] = None
        put_changes(batch, state, state.take_changes())
        put_meta(batch, Meta(DAY, state.now, 1, 3, state.counters, participants_enabled=True))
        journal.write(batch)
        recovered = recover(journal)
    assert recovered is not None
    book = recovered.state.securities["VIC"].books[Board.ROUND]
    assert book.in_time_order() == state.securities["VIC"].books[Board.ROUND].in_time_order()
    advance(recovered.state, at("14:45"))
    assert recovered.state.orders[early.order_id].status is OrderStatus.EX


def test_a_renamed_order_is_stored_under_its_new_id_only(tmp_path: Path) -> None:
    state = open_market()
    order = place(state, quantity=300)
    with Journal(tmp_path / "journal") as journal:
        _store(journal, state)
        renamed = state.rename(order)
        state.keep(renamed)
        _store(journal, state)
        assert [key for key, _ in journal.read(Kind.ORDER)] == [renamed.order_id] != [order.order_id]


def _store(journal: Journal, state: ExchangeState) -> None:
    batch = Batch()
    put_changes(batch, state, state.take_changes())
    journal.write(batch)
