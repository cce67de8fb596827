"""Orders and prices of past trading days, read from the journal."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date

from simulator.bars import MinuteBar
from simulator.broker_order import BrokerOrder
from simulator.journal import Journal, Kind
from simulator.records import DAY, MINUTE_BAR, ORDER
from simulator.security import DaySummary


@dataclass(frozen=True, slots=True)
class History:
    journal: Journal

    def orders(self, first: date, last: date) -> list[BrokerOrder]:
        """Client orders of the trading dates from `first` to `last`, in their last state."""
        stored = self.journal.read(Kind.HISTORY_ORDER, first.isoformat(), f"{last.isoformat()}|~")
        return [ORDER.validate_json(text) for _, text in stored]

    def days(self, first: date, last: date) -> list[DaySummary]:
        """Prices of the trading dates from `first` to `last`."""
        stored = self.journal.read(Kind.HISTORY_DAY, first.isoformat(), f"{last.isoformat()}|~")
        return [DAY.validate_json(text) for _, text in stored]

    def minutes(self, first: date, last: date, symbols: Container[str]) -> list[MinuteBar]:
        """What of `symbols` was traded in each minute of the trading dates from `first` to `last`."""
        stored = self.journal.read(Kind.MINUTE_BAR, first.isoformat(), f"{last.isoformat()}|~")
        return [MINUTE_BAR.validate_json(text) for key, text in stored if key.split("|")[1] in symbols]
