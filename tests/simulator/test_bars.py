"""Minutes of trading: put together for charts, kept over a restart, and gone with the days that are too old."""

from datetime import timedelta
from pathlib import Path

from market.calendar import next_trading_day
from market.vocabulary import Side
from simulator.bars import MinuteBar, bar_of_trade, by_minutes, joined
from simulator.history import History
from simulator.journal import Batch, Journal, Kind
from simulator.records import Meta, recover
from simulator.storing import put_changes, put_finished_day, put_meta, put_minute_bars
from simulator.trading_day import advance
from tests.simulator.market_of_one import DAY, at, meet, open_market


def test_trades_of_a_minute_are_one_bar() -> None:
    first = bar_of_trade("VIC", at("10:00:31"), 85_500, 100)
    both = joined(first, bar_of_trade("VIC", at("10:00:59"), 85_300, 200))
    assert both == MinuteBar("VIC", at("10:00"), open=85_500, high=85_500, low=85_300, close=85_300, volume=300)
    assert both.key == "2026-11-23|VIC|1000"


def test_minutes_become_bars_counted_from_midnight() -> None:
    bars = [bar_of_trade("VIC", at(clock), price, 100) for clock, price in (("09:58", 1), ("10:01", 3), ("10:14", 2))]
    quarters = by_minutes(bars, 15)
    assert [(bar.at, bar.open, bar.high, bar.close, bar.volume) for bar in quarters] == [
        (at("09:45"), 1, 1, 1, 100),
        (at("10:00"), 3, 3, 2, 200),
    ]


def test_a_trade_in_odd_lots_leaves_no_bar() -> None:
    state = open_market()
    meet(state, "VIC", Side.SELL, 85_500, 50)
    meet(state, "VIC", Side.BUY, 85_500, 50)
    assert state.minute_bars == {}


def test_bars_survive_a_restart_and_the_end_of_their_day(tmp_path: Path) -> None:
    state = open_market()
    meet(state, "VIC", Side.SELL, 85_500, 300)
    meet(state, "VIC", Side.BUY, 85_500, 300)
    with Journal(tmp_path / "journal") as journal:
        old = (DAY - timedelta(days=8)).isoformat()
        batch = Batch(puts=[(Kind.MINUTE_BAR, f"{old}|VIC|1000", "{}")])
        changes = state.take_changes()
        put_changes(batch, state, changes)
        put_minute_bars(batch, changes)
        put_meta(batch, Meta(DAY, state.now, 1, 3, state.counters, participants_enabled=True))
        journal.write(batch)
        recovered = recover(journal)
        assert recovered is not None
        assert recovered.state.minute_bars == state.minute_bars
        (bar,) = state.minute_bars.values()
        assert (bar.close, bar.volume) == (85_500, 300)

        batch = Batch()
        for finished in advance(state, at("00:01", next_trading_day(DAY))):
            put_finished_day(batch, finished)
        journal.write(batch)
        assert state.minute_bars == {}
        assert History(journal).minutes(DAY - timedelta(days=30), DAY, {"VIC"}) == [bar]
        assert History(journal).minutes(DAY, DAY, {"FPT"}) == []
