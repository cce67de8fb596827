"""`bench`: measure the product beside the bare platform, on a stack of its own, and write down what came out."""

import sys
from pathlib import Path

import uvloop
from rich.console import Console

from bench.page import write_page
from bench.plan import FULL, QUICK
from bench.plot import draw
from bench.results import REPORT, Report
from bench.run import run
from bench.table import show
from local.failure import CannotRun
from settings import PROJECT_FOLDER

DOCUMENTS = PROJECT_FOLDER / "docs"
_PLAIN_WIDTH = 140


def bench(*, quick: bool, json_file: Path | None, stored: Path | None) -> None:
    """Measure, or read a `stored` report; a full one becomes the page. Raises `CannotRun`."""
    if json_file is not None and not json_file.absolute().parent.is_dir():
        raise CannotRun(f"--json {json_file}: there is no folder {json_file.absolute().parent}")
    report = _measure(quick=quick) if stored is None else _read(stored)
    # A file or a pipe has no width that lines would have to fit into.
    console = Console() if sys.stdout.isatty() else Console(width=_PLAIN_WIDTH)
    show(report, console)
    if json_file is not None:
        _write(report, json_file)
    if report.plan == FULL:
        write_documents(report, DOCUMENTS)
        console.print("docs/benchmarks.md, .json and .svg are written", highlight=False)


def write_documents(report: Report, folder: Path) -> None:
    _write(report, folder / "benchmarks.json")
    draw(report, folder / "benchmarks.svg")
    write_page(report, folder / "benchmarks.md")


def _measure(*, quick: bool) -> Report:
    shown = Console(stderr=True, highlight=False)
    return uvloop.run(run(QUICK if quick else FULL, lambda line: shown.print(f"  {line}")))


def _read(file: Path) -> Report:
    try:
        return REPORT.validate_json(file.read_bytes())
    except (OSError, ValueError) as problem:
        raise CannotRun(f"--from {file}: not a report of this command: {problem}") from problem


def _write(report: Report, file: Path) -> None:
    file.write_bytes(REPORT.dump_json(report, indent=1) + b"\n")
