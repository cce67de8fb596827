"""The published pages of faults and unknowns are those that the tables write."""

from pathlib import Path

import pytest

from cli.simulating import READ
from simulator.documents import PAGE, faults_page
from simulator.fault_kinds import FAULTS, FaultKind
from simulator.switches import Switches
from simulator.unknowns import UNKNOWNS
from simulator.unknowns_page import PAGE as UNKNOWNS_PAGE
from simulator.unknowns_page import unknowns_page

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_faults_is_the_one_the_table_writes() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == faults_page()


def test_the_page_of_unknowns_is_the_one_the_table_writes() -> None:
    assert (ROOT / UNKNOWNS_PAGE).read_text(encoding="utf-8") == unknowns_page()


def test_the_table_of_unknowns_has_every_switch_once() -> None:
    listed = [switch.name for row in UNKNOWNS for switch in row.switches]
    assert sorted(listed) == sorted(Switches.model_fields)
    assert [row.number for row in UNKNOWNS] == list(range(1, 22))
    assert all(row.switches or row.note for row in UNKNOWNS)


def test_every_fault_has_one_row() -> None:
    assert [row.kind for row in FAULTS] == list(FaultKind)
    assert all(faults_page().count(f"| `{kind}` |") == 1 for kind in FaultKind)


@pytest.mark.parametrize("page", ["README.md", "docs/simulator/README.md", ".env.example"])
def test_every_variable_that_the_simulator_alone_reads_is_told(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [name.upper() for name in READ if name.upper() not in text] == []
