"""`oms bench` with a stored report: no measurement, the same table and page."""

from pathlib import Path

import pytest

from bench.results import REPORT
from cli.benching import bench, write_documents
from local.failure import CannotRun
from tests.bench.reports import report


def test_a_stored_report_is_shown_and_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.benching.DOCUMENTS", tmp_path)
    stored, again = tmp_path / "stored.json", tmp_path / "again.json"
    stored.write_bytes(REPORT.dump_json(report()))
    bench(quick=False, json_file=again, stored=stored)
    assert REPORT.validate_json(again.read_bytes()) == report()
    assert "0123456789ab" in (tmp_path / "benchmarks.md").read_text()
    assert (tmp_path / "benchmarks.svg").stat().st_size > 0


def test_the_page_names_the_files_that_are_written_beside_it(tmp_path: Path) -> None:
    write_documents(report(), tmp_path)
    page = (tmp_path / "benchmarks.md").read_text()
    written = {file.name for file in tmp_path.iterdir()}
    assert written == {"benchmarks.json", "benchmarks.md", "benchmarks.svg"}
    assert all(f"({name})" in page for name in written - {"benchmarks.md"})


def test_something_else_than_a_report_is_refused_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text("{}")
    with pytest.raises(CannotRun, match=r"other\.json: not a report"):
        bench(quick=False, json_file=None, stored=file)


def test_a_folder_that_is_not_there_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="there is no folder"):
        bench(quick=True, json_file=tmp_path / "none" / "report.json", stored=None)
