"""docs/technical/ssi-client.md says what the code does: its rows, unknowns, limits and signs."""

import ast
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from broker.fastconnect import unknowns
from broker.fastconnect.credentials import DEFAULT_TIMEOUTS
from broker.fastconnect.outcomes import TABLE, Row
from broker.fastconnect.quotas import Quota
from broker.fastconnect.unknowns import LIVE, SIMULATED, SsiBehaviour
from broker.port import Interruption
from ssi_unknowns import SsiUnknowns

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/technical/ssi-client.md").read_text()
BEHAVIOUR = ast.parse(Path(unknowns.__file__).read_text())


def documented() -> dict[str, str]:
    """The line that follows each field of `SsiBehaviour` and says what is unknown."""
    (made,) = (node for node in BEHAVIOUR.body if isinstance(node, ast.ClassDef) and node.name == "SsiBehaviour")
    found = {}
    for node, following in zip(made.body, made.body[1:], strict=False):
        if not (isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)):
            continue
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = str(following.value.value)
    return found


def unknown_rows() -> list[list[str]]:
    page = PAGE.partition("### Their variables")[0]
    lines = [line for line in page.splitlines() if line.startswith("| SSI-U")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.case)
def test_each_row_of_the_outcome_table_stands_on_the_page(row: Row) -> None:
    assert f"| `{row.case}` | {row.seen} | `{row.proof.value}` | {row.because} |" in PAGE


def test_the_rows_stand_in_the_order_in_which_they_decide() -> None:
    places = [PAGE.index(f"| `{row.case}` | ") for row in TABLE]
    assert places == sorted(places)


def test_each_field_of_the_unknowns_says_what_is_unknown_and_under_which_id() -> None:
    told = documented()
    assert set(told) == {field.name for field in fields(SsiBehaviour)}
    ids = {row[0] for row in unknown_rows()}
    assert all(re.match(r"(SSI-U\d+): unknown ", text) and text.split(":")[0] in ids for text in told.values())


def test_each_unknown_of_the_page_names_its_fields() -> None:
    told = documented()
    for identifier, _, _, named in unknown_rows():
        own = {name for name, text in told.items() if text.startswith(f"{identifier}:")}
        assert set(re.findall(r"`(\w+)`", named)) == own, identifier
    assert [row[0] for row in unknown_rows()] == [f"SSI-U{number}" for number in range(1, 22)]


def variable_row(name: str) -> str:
    """What stands on the page of one field: id, variable, what may be given, what holds without it, and why."""
    identifier, _, meaning = " ".join(documented()[name].split()).partition(": ")
    default, simulated = in_words(getattr(LIVE, name)), in_words(getattr(SIMULATED, name))
    defaults = f"`{default}`" if default == simulated else f"`{default}`; with the simulator `{simulated}`"
    return f"| {identifier} | `SSI_{name.upper()}` | {allowed(name)} | {defaults} | {meaning} |"


def in_words(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case frozenset():
            return ",".join(str(each) for each in sorted(value)) or "none"
        case tuple():
            return ",".join(_quota_in_words(each) for each in value) or "none"
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def _quota_in_words(quota: Quota) -> str:
    return f"{quota.limit}/{quota.seconds:g}s"


LISTS = {
    "duplicate_statuses": "400 to 599: `408,409`; `none`",
    "unauthorised_statuses": "400 to 499: `401,403`; `none`",
    "assumed_quotas": "calls in a period: `5/1s,2/1m`; `none`",
}


def allowed(name: str) -> str:
    schema: dict[str, Any] = SsiUnknowns.model_json_schema()["properties"][f"ssi_{name}"]["anyOf"][0]
    if schema["type"] == "boolean":
        return "`true`, `false`"
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    if "minimum" in schema:
        return f"{schema['minimum']:g} to {schema['maximum']:g}"
    return LISTS[name]


@pytest.mark.parametrize("name", [field.name for field in fields(SsiBehaviour)])
def test_each_unknown_has_a_variable_that_stands_on_the_page(name: str) -> None:
    assert variable_row(name) in PAGE.splitlines()


def test_each_variable_is_one_of_the_unknowns() -> None:
    assert list(SsiUnknowns.model_fields) == [f"ssi_{field.name}" for field in fields(SsiBehaviour)]
    table = PAGE.partition("### Their variables")[2].partition("\n## ")[0]
    assert len(re.findall(r"^\| SSI-U", table, re.MULTILINE)) == len(fields(SsiBehaviour))


def test_each_sign_of_the_stream_stands_on_the_page() -> None:
    assert all(f"| `{why.value}` | " in PAGE for why in Interruption)


def test_the_time_limits_of_the_page_are_the_defaults() -> None:
    limits = DEFAULT_TIMEOUTS
    steps = f"{limits.connect:g}, {limits.write:g}, {limits.read:g}, {limits.pool:g} s"
    assert f"| `Timeouts.connect`, `.write`, `.read`, `.pool` | {steps} |" in PAGE
    for name in ("total", "turn", "stream_silence"):
        assert f"| `Timeouts.{name}` | {getattr(limits, name):g} s |" in PAGE
