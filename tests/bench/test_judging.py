"""Aims are compared with the bare order of the same run, and the page shows nothing but the report."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bench.aims import Judged, judged
from bench.page import KEPT_HEADING, kept_section, page, write_page
from bench.plot import draw
from bench.results import REPORT, Parts, Report
from bench.table import show
from tests.bench.reports import product_load, report, saturation


def line(of: Report, beginning: str) -> Judged:
    return next(each for each in judged(of) if each.what.startswith(beginning))


def test_a_run_within_every_aim_misses_none() -> None:
    assert [each.what for each in judged(report()) if each.met is False] == []


def made_up_parts() -> Parts:
    found = report().parts
    assert found is not None
    return found


def test_post_latency_is_judged_by_its_ratio_to_the_bare_order_at_ten_orders_a_second() -> None:
    median = line(report(), "POST answered at 10 orders/s, p50")
    assert (median.floor, median.product, median.ratio, median.aim) == ("30 ms", "40 ms", "1.33", "≤ 1.7 x")
    slow = replace(report().product, open_loop=tuple(product_load(rate, 0.060) for rate in (5, 10, 15)))
    assert line(replace(report(), product=slow), "POST answered at 10 orders/s, p50").met is False


def test_saturation_is_the_best_of_the_numbers_of_clients() -> None:
    tried = replace(report().product, saturation=(saturation(9.0), saturation(19.0), saturation(16.0)))
    best = line(replace(report(), product=tried), "saturation")
    assert (best.product, best.ratio, best.met) == ("19.0/s", "0.63", True)
    tried = replace(report().product, saturation=(saturation(17.0),))
    assert line(replace(report(), product=tried), "saturation").met is False


@pytest.mark.parametrize("accepted", [9, 11])
def test_parallel_buys_must_be_exactly_as_many_as_there_is_cash_for(accepted: int) -> None:
    buys = replace(report().parallel, accepted=accepted, denied=50 - accepted)
    assert line(replace(report(), parallel=buys), "50 parallel buys").met is False


def test_one_request_sent_again_after_the_workers_death_is_a_miss() -> None:
    recovery = replace(report().recovery, sent_again=1)
    assert line(replace(report(), recovery=recovery), "1,000 live orders: requests").met is False


@pytest.mark.parametrize(
    ("beginning", "validations", "engine_orders", "met"),
    [
        ("full validations", 10_000.0, 0.0, True),
        ("full validations", 9_999.9, 900.0, False),
        ("simulator's engine", 0.0, 500.0, True),
        ("simulator's engine", 90_000.0, 499.9, False),
    ],
)
def test_parts_by_themselves_are_judged_on_one_core(
    beginning: str, validations: float, engine_orders: float, met: bool
) -> None:
    parts = replace(made_up_parts(), validations_per_second=validations, engine_orders_per_second=engine_orders)
    assert line(replace(report(), parts=parts), beginning).met is met


def test_the_simulators_http_figure_stands_without_an_aim_beside_its_client() -> None:
    shown = [each for each in judged(report()) if "over HTTP" in each.what]
    assert [each.product for each in shown] == ["350/s", "100 ms", "100 ms", "1.4 ms", "1.5 ms"]
    assert {(each.aim, each.met) for each in shown} == {("", None)}


def test_a_report_from_before_the_parts_is_read_and_shown_without_them() -> None:
    stored = json.loads(REPORT.dump_json(report()))
    del stored["parts"], stored["plan"]["http_orders"], stored["plan"]["http_clients"]
    older = REPORT.validate_python(stored)
    assert older == replace(report(), parts=None)
    assert "over HTTP" in page(report(), "")
    assert not any(words in page(older, "") for words in ("over HTTP**", "ull validations", "simulator alone"))


def test_every_part_that_is_shown_is_explained() -> None:
    _, _, how = page(report(), "").partition("## How each figure is measured")
    for words in ("Full validations", "Simulator's engine", "Simulator over HTTP", "Processor time of an order"):
        assert f"- **{words}" in how
        assert any(each.what.lower().startswith(words.lower()) for each in judged(report()))
    assert "share the machine" in " ".join(how.split())


def test_the_terminals_table_names_commit_machine_and_verdicts() -> None:
    shown = io.StringIO()
    show(report(), Console(file=shown, width=160))
    assert all(words in shown.getvalue() for words in ("0123456789ab", "A processor", "2 cores", "1.33", "met"))


def test_a_report_comes_back_from_its_json_as_it_was() -> None:
    assert REPORT.validate_json(REPORT.dump_json(report())) == report()


def test_the_page_keeps_the_section_that_people_write(tmp_path: Path) -> None:
    file = tmp_path / "benchmarks.md"
    write_page(report(), file)
    assert file.read_text().endswith(f"{KEPT_HEADING}\n")
    file.write_text(f"{file.read_text()}\nThe cause is known.\n")
    write_page(replace(report(), machine=replace(report().machine, commit="another")), file)
    assert "| commit | another |" in file.read_text()
    assert file.read_text().endswith("\nThe cause is known.\n")
    assert file.read_text().count(KEPT_HEADING) == 1


def test_every_line_of_a_pages_table_has_as_many_cells_as_its_heading() -> None:
    for table in page(report(), "").split("\n\n"):
        cells = {row.count("|") for row in table.splitlines() if row.startswith("|")}
        assert len(cells) <= 1, table


def test_a_page_that_does_not_exist_has_an_empty_section_to_keep(tmp_path: Path) -> None:
    assert kept_section(tmp_path / "none.md") == f"{KEPT_HEADING}\n"


def test_the_same_report_draws_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    draw(report(), first)
    draw(report(), second)
    assert first.read_bytes() == second.read_bytes()
    assert b"15 orders/s" in first.read_bytes()


def test_json_holds_plain_numbers_and_texts() -> None:
    stored = json.loads(REPORT.dump_json(report()))
    assert stored["product"]["open_loop"][1]["post"]["p50_ms"] == 40.0
