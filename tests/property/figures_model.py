"""One order whose true executions are known, and every word that the broker says of them, with or without a number.

SSI tells executions one by one, cumulative figures in order events, and the same figures in its books without a
number. Executions that are taken back or corrected show in the figures only (LC-31).
"""

from dataclasses import dataclass, field, replace
from enum import Enum, auto

from orders.evidence import BrokerReport, BrokerState, Evidence
from tests.orders.test_restated_figures import ENDED, trade, word

QUANTITY = 1_000
TICK = 100


class Told(Enum):
    """How an execution and the figures that count it are told."""

    EXECUTION_FIRST = auto()
    FIGURES_FIRST = auto()
    WITHOUT_FIGURES = auto()
    EXECUTION_LATE = auto()


@dataclass
class FiguresModel:
    """`reopens`: what is taken back can trade again; else it is cancelled. `hundredths`: how averages are rounded."""

    reopens: bool
    hundredths: bool = True
    executions: list[tuple[int, int]] = field(default_factory=list)
    gross: int = 0
    restatements: int = 0
    cancelled: int = 0
    state: BrokerState = BrokerState.WORKING
    words: list[Evidence] = field(default_factory=list)
    late: list[tuple[int, int]] = field(default_factory=list)
    number: int = 0
    figures_are_behind: bool = False
    may_be_read_twice: bool = False

    @property
    def filled(self) -> int:
        return sum(quantity for quantity, _ in self.executions)

    @property
    def value(self) -> int:
        return sum(quantity * price for quantity, price in self.executions)

    @property
    def leaves(self) -> int:
        return 0 if self.state in ENDED else QUANTITY - self.filled - self.cancelled

    def fill(self, lots: int, price: int, told: Told) -> None:
        quantity = min(lots * 100, self.leaves)
        self.executions.append((quantity, price))
        self.gross += quantity
        if not self.leaves:
            self.state = BrokerState.CANCELED if self.cancelled else BrokerState.FILLED
        self.figures_are_behind = told is Told.WITHOUT_FIGURES
        self.may_be_read_twice |= self.figures_are_behind
        if told is Told.EXECUTION_LATE:
            self.late.append((quantity, price))
        if told in {Told.FIGURES_FIRST, Told.EXECUTION_LATE}:
            self.tell()
        if told is not Told.EXECUTION_LATE:
            self.words.append(trade(self._next(), quantity, price))
        if told is Told.EXECUTION_FIRST:
            self.tell()

    def tell_late_executions(self) -> None:
        self.words += [trade(self._next(), quantity, price) for quantity, price in self.late]
        self.late.clear()

    def bust(self, which: int) -> None:
        self._tell_what_was_not_told()
        quantity, _ = self.executions.pop(which % len(self.executions))
        self.restatements += 1
        if self.state is BrokerState.FILLED:
            self.state = BrokerState.WORKING if self.reopens else BrokerState.CANCELED
        if self.state in ENDED:
            self.cancelled = QUANTITY - self.filled
        elif not self.reopens:
            self.cancelled += quantity
        self.tell()

    def correct(self, which: int, ticks: int) -> None:
        self._tell_what_was_not_told()
        quantity, price = self.executions[which % len(self.executions)]
        self.executions[which % len(self.executions)] = quantity, price + ticks * TICK
        self.restatements += 1
        self.tell()

    def end(self, state: BrokerState) -> None:
        self.cancelled += self.leaves
        self.state = state
        self.tell()

    def tell(self) -> None:
        self.figures_are_behind = False
        self.words.append(replace(self.row(), number=self._next()))

    def _tell_what_was_not_told(self) -> None:
        """Figures have counted an execution before it is taken back: without that, nothing tells that it was."""
        if self.figures_are_behind:
            self.tell()

    def row(self) -> BrokerReport:
        """The order as the book shows it now."""
        average = round(self.value / self.filled, 2 if self.hundredths else None) if self.filled else 0
        told = round(average * self.filled)
        return word(0, self.state, self.filled, cancelled=self.cancelled, value=told)

    def _next(self) -> int:
        self.number += 1
        return self.number
