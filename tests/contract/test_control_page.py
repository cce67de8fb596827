"""The page at `/control/`: every button and table of it speaks to a route that the control API has."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.stack


@dataclass
class Page(HTMLParser):
    """What the page's elements point to; `fields` are the named inputs of the form that each button stands in."""

    targets: dict[str, set[str]] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    enums: set[str] = field(default_factory=set)
    loaded: list[str] = field(default_factory=list)
    pointless: int = 0
    _form: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.sources += [values["data-value"] or ""] if "data-value" in values else []
        self.enums |= {values["data-enum"] or ""} if "data-enum" in values else set()
        match tag:
            case "form":
                self._form = set()
            case "input" | "select" if values.get("name") and values.get("data-kind") != "path":
                self._form.add(values["name"] or "")
            case "button":
                self._button(values)
            case "table":
                self.sources.append(values["data-source"] or "")
            case "script" | "link" | "img":
                self.loaded.append(values.get("src") or values.get("href") or "")

    def _button(self, values: dict[str, str | None]) -> None:
        target = values.get("data-target")
        self.pointless += target is None
        sent = set() if "data-body" in values else self._form | ({"phase"} if "data-phase" in values else set())
        self.targets.setdefault(target or "", set()).update(sent)


@pytest.fixture
def page(simulator: SimulatorProcess) -> Page:
    read = Page()
    with simulator.control as control:
        answer = control.get("")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    read.feed(answer.text)
    return read


@pytest.fixture
def script(simulator: SimulatorProcess) -> str:
    with simulator.control as control:
        answer = control.get("page.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    return answer.text


@pytest.fixture
def schema(simulator: SimulatorProcess) -> dict[str, Any]:
    with simulator.control as control:
        found: dict[str, Any] = control.get("openapi.json").json()
    return found


def operation(schema: dict[str, Any], target: str) -> dict[str, Any]:
    method, path = target.split(" ")
    found: dict[str, Any] = schema["paths"].get(path, {}).get(method.lower(), {})
    assert found, f"the control API has no {target}"
    return found


def body_fields(schema: dict[str, Any], target: str) -> set[str]:
    content = operation(schema, target).get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema", {})
    named = [body, *body.get("anyOf", [])]
    names = [each["$ref"].rsplit("/", 1)[1] for each in named if "$ref" in each]
    return {name for each in names for name in schema["components"]["schemas"][each]["properties"]}


def test_every_button_and_table_has_a_route_of_the_control_api(page: Page, schema: dict[str, Any]) -> None:
    assert page.pointless == 0
    assert len(page.targets) >= 12
    for target in (*page.targets, *page.sources):
        assert operation(schema, target)


def test_every_field_of_a_form_is_known_to_its_route(page: Page, schema: dict[str, Any]) -> None:
    for target, fields in page.targets.items():
        assert fields <= body_fields(schema, target), target


def test_everything_that_the_control_api_can_do_can_be_pressed_or_seen(
    page: Page, schema: dict[str, Any], script: str
) -> None:
    offered = {f"{method.upper()} {path}" for path, methods in schema["paths"].items() for method in methods}
    read_by_script = {target for target in offered if f'"{target}"' in script}
    assert offered - set(page.targets) - set(page.sources) - read_by_script == {"GET /health", "GET /symbols/{symbol}"}


def test_everything_that_a_route_takes_has_a_field_but_for_the_switches_that_are_chosen_by_name(
    page: Page, schema: dict[str, Any]
) -> None:
    fixed = {"PUT /participants/enabled", "PUT /settings"}
    for target in page.targets.keys() - fixed:
        assert page.targets[target] >= body_fields(schema, target) - {"rate"}, target


def test_the_choices_of_the_page_are_those_of_the_control_api(page: Page, schema: dict[str, Any]) -> None:
    assert len(page.enums) >= 8
    for name in page.enums:
        assert schema["components"]["schemas"][name]["enum"], name


def test_the_page_needs_no_other_host(page: Page, script: str) -> None:
    assert {name for name in page.loaded if not name.startswith("data:")} == {"page.js"}
    assert "://" not in script


def test_the_address_without_a_slash_leads_to_the_page(simulator: SimulatorProcess) -> None:
    answer = httpx.get(simulator.url + "control", follow_redirects=True)
    assert "<title>SSI simulator</title>" in answer.text


def test_the_log_of_received_requests_can_be_cut_to_the_latest(simulator: SimulatorProcess) -> None:
    for account in ("1", "2", "3"):
        httpx.get(simulator.url + "api/v2/Trading/orderBook", params={"account": account})
    with simulator.control as control:
        latest = control.get("received", params={"path": "orderbook", "limit": 2}).json()
    assert [request["query"]["account"] for request in latest] == ["2", "3"]
