"""The table of faults is complete, and a fault happens as often, as likely and as narrowly as it was asked to."""

from random import Random

import pytest

from simulator.fault_kinds import FAULTS
from simulator.faults import Fault, FaultKind, Faults, Occasion


def test_every_fault_has_a_row_that_says_what_it_does() -> None:
    assert [row.kind for row in FAULTS] == list(FaultKind)
    assert all(row.meaning for row in FAULTS)


@pytest.mark.parametrize(
    ("fault", "fits"),
    [
        (Fault(FaultKind.OVERFILL), True),
        (Fault(FaultKind.OVERFILL, account="0901351"), True),
        (Fault(FaultKind.OVERFILL, symbol="vic"), True),
        (Fault(FaultKind.OVERFILL, account="0901359"), False),
        (Fault(FaultKind.OVERFILL, symbol="FPT"), False),
        (Fault(FaultKind.OVERFILL, path="CancelOrder"), False),
        (Fault(FaultKind.BUST), False),
    ],
)
def test_a_fault_befalls_only_what_it_names(fault: Fault, fits: bool) -> None:
    faults = Faults()
    faults.add(fault)
    occasion = Occasion("neworder", "0901351", "VIC")
    assert (faults.draw(FaultKind.OVERFILL, occasion) is not None) is fits


def test_a_fault_without_a_number_lasts_until_it_is_cleared() -> None:
    faults = Faults()
    faults.add(Fault(FaultKind.MESSAGE_LOST, times=None))
    assert all(faults.draw(FaultKind.MESSAGE_LOST) for _ in range(100))
    faults.clear()
    assert faults.draw(FaultKind.MESSAGE_LOST) is None


def test_chance_is_drawn_from_the_seed_and_counts_only_what_happened() -> None:
    def drawn(seed: int) -> list[bool]:
        faults = Faults(Random(seed))
        faults.add(Fault(FaultKind.MESSAGE_LOST, times=20, probability=0.3))
        return [faults.draw(FaultKind.MESSAGE_LOST) is not None for _ in range(200)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert sum(drawn(1)) == 20


@pytest.mark.parametrize(("page", "fails"), [(1, False), (2, True)])
def test_one_page_of_a_list_can_fail_alone(page: int, fails: bool) -> None:
    faults = Faults()
    faults.add(Fault(FaultKind.BOOK_PAGE_FAILS, value=2))
    assert (faults.draw(FaultKind.BOOK_PAGE_FAILS, Occasion("securities", page=page)) is not None) is fails
