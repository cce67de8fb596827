"""Writes the pages that show the rules and their codes: `python -m market.documents` in the root of the project."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from market.bands import BANDS
from market.citations import Citation
from market.closed_days import NOTICED_DAYS
from market.code_meanings import MEANINGS
from market.ex_dates import EX_DATE_RULES
from market.feed_sessions import FEED_SESSIONS
from market.fees import COMMISSIONS, SALE_TAXES
from market.lone_figures import FIGURES
from market.lots import SIZES
from market.order_types import TAKEN, TYPES
from market.permissions import CHANGES
from market.prose import CODES_HEAD, RULES_HEAD, RULES_TAIL
from market.put_through import PUT_THROUGH_HOURS
from market.rulebook import RULES
from market.sessions import PERIODIC_SESSIONS, SESSIONS
from market.sources import READ_ON, SOURCES
from market.statuses import STATUSES
from market.ticks import TICKS

TABLES: tuple[tuple[str, str, Sequence[Any]], ...] = (
    ("Phases of a day", "market/sessions.py", SESSIONS),
    ("Phases of a restricted HOSE stock", "market/sessions.py", PERIODIC_SESSIONS),
    ("Sessions as the feed shows them", "market/feed_sessions.py", FEED_SESSIONS),
    ("Order types a phase takes", "market/order_types.py", TAKEN),
    ("What each order type is", "market/order_types.py", TYPES),
    ("Phases in which orders are amended and cancelled", "market/permissions.py", CHANGES),
    ("Price steps, VND", "market/ticks.py", TICKS),
    ("Sizes, shares", "market/lots.py", SIZES),
    ("Price bands, percent of the reference", "market/bands.py", BANDS),
    ("Reference prices of ex-dates", "market/ex_dates.py", EX_DATE_RULES),
    ("What a security's status does", "market/statuses.py", STATUSES),
    ("Commissions, millionths of the gross value", "market/fees.py", COMMISSIONS),
    ("Tax on sales, millionths of the gross value", "market/fees.py", SALE_TAXES),
    ("Hours of put-through trades", "market/put_through.py", PUT_THROUGH_HOURS),
    ("Figures that stand alone", "market/lone_figures.py", FIGURES),
    ("Closed days", "market/closed_days.py", NOTICED_DAYS),
)
"""Every table of rules with its file; each row carries its citation."""

PAGES = Path("docs/technical")


def rules_page() -> str:
    parts = [RULES_HEAD, _rules(), RULES_TAIL, "## Tables\n", *(_table(*table) for table in TABLES), _sources()]
    return "\n".join(parts)


def codes_page() -> str:
    rows = [(row.code, row.rule, row.meaning, row.unit or "") for row in MEANINGS]
    return "\n".join((CODES_HEAD, _markdown(("code", "rule", "meaning", "unit of its numbers"), rows)))


def citations() -> list[Citation]:
    """The citation of every rule and of every row of every table."""
    return [row.cited for rows in (RULES, *(rows for _, _, rows in TABLES)) for row in rows]


def _rules() -> str:
    rows = [(rule.id, rule.text, _files(rule.where), *_origin(rule.cited)) for rule in RULES]
    return _markdown(("id", "rule", "where", "sure", "sources", "as of"), rows)


def _table(title: str, file: str, rows: Sequence[Any]) -> str:
    names = [field.name for field in fields(rows[0]) if field.name != "cited"]
    body = [(row.cited.rule, *(_words(getattr(row, name)) for name in names), *_origin(row.cited)) for row in rows]
    head = ("rule", *(name.replace("_", " ") for name in names), "sure", "sources", "as of")
    return f"### {title}\n\n`{file}`\n\n{_markdown(head, body)}"


def _sources() -> str:
    used = {source.id for cited in citations() for source in cited.sources}
    rows = [
        (
            source.id,
            source.title,
            source.dated or f"undated, read {READ_ON}",
            " ".join(f"<{url}>" for url in source.urls),
        )
        for source in SOURCES.values()
        if source.id in used
    ]
    return f"## Sources\n\n{_markdown(('source', 'what', 'dated', 'address'), rows)}"


def _origin(cited: Citation) -> tuple[object, ...]:
    return cited.confidence, " ".join(source.id for source in cited.sources), cited.as_of


def _files(where: tuple[str, ...]) -> str:
    return ", ".join(f"`{file}`" for file in where)


def _words(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case time() | timedelta():
            return _moment(value)
        case None:
            return "as the exchange tells"
        case frozenset() | tuple():
            return ", ".join(sorted(str(each) for each in value))
        case _:
            return str(value)


def _moment(value: time | timedelta) -> str:
    return value.strftime("%H:%M") if isinstance(value, time) else f"{value.total_seconds():.0f} seconds"


def _markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)


def write(root: Path) -> None:
    (root / PAGES / "market-rules.md").write_text(rules_page(), encoding="utf-8")
    (root / PAGES / "rule-codes.md").write_text(codes_page(), encoding="utf-8")


if __name__ == "__main__":
    write(Path.cwd())
