"""The published pages are those that the rows write, and every row names its rule, its source and a date."""

import re
from datetime import date
from pathlib import Path

from market.citations import Citation, Confidence
from market.closed_days import NOTICED_DAYS, NUMBER_NOT_FOUND, guessed_days
from market.code_meanings import MEANINGS, UNITS
from market.documents import PAGES, TABLES, citations, codes_page, rules_page
from market.rulebook import RULES
from market.sources import READ_ON, SOURCES
from market.ticks import TICKS
from market.violations import RuleCode
from market.vocabulary import Exchange, InstrumentKind

ROOT = Path(__file__).resolve().parents[2]
FIRST_RELEASE = """
    unknown_symbol wrong_exchange closed_day symbol_not_trading no_phase_today order_type_not_offered price_missing
    quantity_not_a_lot quantity_above_maximum quantity_above_firm_limit price_off_tick price_above_ceiling
    price_below_floor too_many_positions account_reduce_only account_blocked insufficient_shares insufficient_cash
"""


def test_the_page_of_rules_is_the_one_its_rows_write() -> None:
    assert (ROOT / PAGES / "market-rules.md").read_text(encoding="utf-8") == rules_page()


def test_the_page_of_codes_is_the_one_its_rows_write() -> None:
    assert (ROOT / PAGES / "rule-codes.md").read_text(encoding="utf-8") == codes_page()


def test_every_row_of_every_table_has_a_rule_a_source_and_a_date() -> None:
    assert all(rows for _, _, rows in TABLES)
    for cited in citations():
        assert isinstance(cited, Citation)
        assert re.fullmatch(r"VN-[A-G]\d*", cited.rule)
        assert cited.sources
        assert date(2011, 1, 1) < cited.as_of <= READ_ON


def test_every_rule_cited_by_a_row_or_a_code_is_in_the_rulebook_once() -> None:
    known = [rule.id for rule in RULES]
    assert len(known) == len(set(known))
    assert {cited.rule for cited in citations()} <= set(known)
    assert {row.rule for row in MEANINGS if row.rule.startswith("VN-")} <= set(known)


def test_every_file_that_a_rule_names_exists() -> None:
    named = {file for rule in RULES for file in rule.where} | {file for _, file, _ in TABLES}
    assert {file for file in named if not (ROOT / file).is_file()} == set()


def test_every_source_has_a_title_and_all_but_one_an_address() -> None:
    assert all(source.title for source in SOURCES.values())
    assert [source.id for source in SOURCES.values() if not source.urls] == ["S70"]


def test_every_code_has_one_meaning_in_the_order_in_which_codes_are_reported() -> None:
    assert [row.code for row in MEANINGS] == list(RuleCode)
    assert {code for code in RuleCode if code.startswith("price_")} <= set(UNITS)


def test_codes_never_change_their_values() -> None:
    first_release = FIRST_RELEASE.split()
    assert [code.value for code in RuleCode if code.value in first_release] == first_release
    assert all(code.value == code.name.lower() for code in RuleCode)


def test_a_step_of_which_no_text_speaks_is_marked_as_our_own_choice() -> None:
    sure = {
        (row.exchange, kind): row.cited.confidence
        for row in TICKS
        for kind in row.kinds
        if row.exchange != Exchange.HOSE
    }
    told = {pair for pair, confidence in sure.items() if confidence is Confidence.HIGH}
    assert told == {
        (Exchange.HNX, InstrumentKind.STOCK),
        (Exchange.HNX, InstrumentKind.ETF),
        (Exchange.UPCOM, InstrumentKind.STOCK),
    }
    assert {sure[pair] for pair in sure.keys() - told} == {Confidence.ASSUMED}


def test_a_closed_day_names_its_notice_where_one_is_known() -> None:
    numbers = {row.day: row.notice for row in NOTICED_DAYS}
    assert numbers[date(2026, 2, 16)] == "VNX letter 1403/SGDVN-THHC"
    assert numbers[date(2025, 5, 2)] == "SSC letter 3193"
    assert "VNX letter 1403/SGDVN-THHC" in rules_page()


def test_a_closed_day_has_its_notices_number_or_the_mark_that_none_was_found() -> None:
    page = rules_page()
    for row in NOTICED_DAYS:
        assert row.notice == NUMBER_NOT_FOUND or re.search(r"\d", row.notice), row
        assert re.search(rf"\| {row.day} \|.*\| {re.escape(row.notice)} \|", page), row
    assert not any(row.notice for row in guessed_days(2027))


def test_figures_without_a_table_of_their_own_stand_on_the_page() -> None:
    page = rules_page()
    for words in ("settlement, trading days after the trade | 2", "settled shares and cash usable from | 13:00"):
        assert words in page
    assert "PLO orders matched from | 14:55" in page
    assert re.search(r"UPCOM \| 13:00 \| 15:00 \| in session", page)
    assert "`market/feed_phases.py`, `market/deviations.py`" in page
