"""Each sentence about an outage names the test behind it, and that test exists."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/technical/outages.md").read_text()
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_row_names_a_test_that_exists() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.endswith("| test |")]
    assert rows
    named = [PROOF.findall(row) for row in rows]
    assert [row for row, proofs in zip(rows, named, strict=True) if not proofs] == []
    missing = [
        f"{path}::{name}"
        for proofs in named
        for path, name in proofs
        if not re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE)
    ]
    assert missing == []


def test_every_chaos_test_has_its_row() -> None:
    written = {name for _, name in PROOF.findall(PAGE)}
    files = (ROOT / "tests/chaos").glob("test_*.py")
    there = {name for path in files for name in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)}
    assert there - written == set()
