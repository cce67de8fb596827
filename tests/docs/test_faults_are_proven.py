"""Each fault of the simulator has a stated outcome and a test on a whole stack that is marked with it."""

import importlib
from pathlib import Path

from simulator.fault_kinds import FAULTS, FaultKind

FOLDER = Path(__file__).resolve().parents[1] / "end_to_end"


def marked() -> set[str]:
    """The faults in the marks of all end-to-end tests; the `trading` fixture checks that a marked fault happened."""
    modules = [importlib.import_module(f"tests.end_to_end.{path.stem}") for path in FOLDER.glob("test_*.py")]
    tests = [test for module in modules for name, test in vars(module).items() if name.startswith("test_")]
    marks = [mark for test in tests for mark in getattr(test, "pytestmark", ())]
    return {kind for mark in marks if mark.name == "fault" for kind in mark.args}


def test_every_fault_is_proven_on_a_whole_stack() -> None:
    assert sorted(set(FaultKind) - marked()) == []


def test_every_mark_names_a_fault() -> None:
    assert sorted(marked() - set(FaultKind)) == []


def test_every_fault_has_a_stated_outcome() -> None:
    assert [row.kind for row in FAULTS if not row.outcome.strip()] == []
