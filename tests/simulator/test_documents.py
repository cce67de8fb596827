"""The published page of faults is the one that the table writes."""

from pathlib import Path

from simulator.documents import PAGE, faults_page
from simulator.fault_kinds import FAULTS, FaultKind

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_faults_is_the_one_the_table_writes() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == faults_page()


def test_every_fault_has_one_row() -> None:
    assert [row.kind for row in FAULTS] == list(FaultKind)
    assert all(faults_page().count(f"| `{kind}` |") == 1 for kind in FaultKind)
