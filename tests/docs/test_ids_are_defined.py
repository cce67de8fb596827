"""Every id that code or a test cites is defined in the docs, so that a reader can look it up."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("market", "orders", "risk", "ledger", "broker", "activities", "workflows", "api", "simulator", "local", "cli")
ID = re.compile(r"\b(?:VN-[A-H]\d*|(?:LC|API|RK|TR|UX)-\d+[ab]?)(?![\w-])")


def cited() -> dict[str, str]:
    files = [path for room in (*ROOMS, "tests") for path in (ROOT / room).rglob("*.py")]
    return {found: str(path.relative_to(ROOT)) for path in files for found in ID.findall(path.read_text())}


def defined() -> set[str]:
    tables = [path.read_text() for path in (ROOT / "docs").rglob("*.md")]
    return {found for text in tables for found in re.findall(r"^\| (\S+) \|", text, re.MULTILINE)}


def test_every_cited_id_has_a_row_in_the_docs() -> None:
    known = defined()
    assert {identifier: where for identifier, where in cited().items() if identifier not in known} == {}


def test_test_names_cite_ids_that_exist() -> None:
    names = re.compile(r"def test_(lc\d+[ab]?)_")
    known = {identifier.lower().replace("-", "") for identifier in defined()}
    files = list((ROOT / "tests").rglob("test_*.py"))
    unknown = {name for path in files for name in names.findall(path.read_text())} - known
    assert {re.sub(r"^lc0+", "lc", name) for name in unknown} - {re.sub(r"^lc0+", "lc", k) for k in known} == set()
