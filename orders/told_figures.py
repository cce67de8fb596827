"""The cumulative figures heard so far under their running numbers: what two of them prove of each other.

Figures grow with their numbers. Where a later number tells less, or the same shares at another value, executions
were taken back or corrected between the two, whichever of them is heard first (LC-31).
"""

from collections.abc import Iterable
from dataclasses import replace

from orders.evidence import BrokerReport
from orders.order import Anomaly, LastWord, NumberedExecution, ToldFigures
from orders.rounded_values import differs

_REMEMBERED = 32
"""Steps and executions kept of an order, so that one with hundreds of them stays small. A word that comes so late that
its step is forgotten is compared with the oldest one."""


def told_by(last: LastWord) -> tuple[ToldFigures, ...]:
    """All figures of the last word's id; orders stored by an earlier version have the last ones only."""
    if last.told or not last.number:
        return last.told
    return (ToldFigures(last.number, last.number, last.filled, last.filled_value),)


def with_word(told: tuple[ToldFigures, ...], report: BrokerReport) -> tuple[ToldFigures, ...]:
    """`told` with the figures of `report`, in the order of the numbers; words that tell the same are one step."""
    new = ToldFigures(report.number, report.number, report.filled, report.filled_value)
    before = tuple(each for each in told if each.first < new.first)
    after = tuple(each for each in told if each.first >= new.first)
    if before and _are_alike(before[-1], new):
        return (*before[:-1], replace(before[-1], last=max(before[-1].last, new.last)), *after)
    if before and new.last < before[-1].last:
        return (*before[:-1], *_split(before[-1], new), *after)
    if after and _are_alike(after[0], new):
        return (*before, replace(after[0], first=new.first), *after[1:])
    return (*before, new, *after)


def remembered(told: tuple[ToldFigures, ...]) -> tuple[ToldFigures, ...]:
    return told[-_REMEMBERED:]


def contradiction(told: tuple[ToldFigures, ...]) -> tuple[Anomaly, ToldFigures] | None:
    """What was done to executions between two words, and the figures of the earlier one; None where all agree."""
    for index, earlier in enumerate(told[:-1]):
        later = told[index + 1]
        if later.filled < earlier.filled:
            return Anomaly.FILL_TAKEN_BACK, earlier
        if later.filled == earlier.filled and are_two_values(later.filled, earlier.value, later.value):
            return Anomaly.FILL_CORRECTED, earlier
    return None


def with_execution(last: LastWord, execution: NumberedExecution) -> LastWord:
    """`last` with one more execution; of too many, the one with the lowest number is left in a sum only."""
    heard = sorted((*last.executions, execution), key=lambda each: each.number)
    quantity, value = sum_of(heard[:-_REMEMBERED])
    return replace(
        last,
        executions=tuple(heard[-_REMEMBERED:]),
        forgotten_quantity=last.forgotten_quantity + quantity,
        forgotten_value=last.forgotten_value + value,
    )


def are_two_values(filled: int, one: int, other: int) -> bool:
    """Of two averages, one that is not in whole dong shows how finely the broker rounds both."""
    return differs(filled, one, other) or differs(filled, other, one)


def sum_of(executions: Iterable[NumberedExecution]) -> tuple[int, int]:
    """Shares and VND."""
    found = tuple(executions)
    return sum(each.quantity for each in found), sum(each.value for each in found)


def _are_alike(one: ToldFigures, other: ToldFigures) -> bool:
    return (one.filled, one.value) == (other.filled, other.value)


def _split(step: ToldFigures, new: ToldFigures) -> tuple[ToldFigures, ...]:
    """Other figures in the midst of words that told the same: two contradictions at once."""
    left = ToldFigures(step.first, step.first, step.filled, step.value)
    return left, new, ToldFigures(step.last, step.last, step.filled, step.value)
