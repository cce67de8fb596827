"""The page at `/control/` used with a browser: buttons act, tables follow."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.support.simulator_process import SimulatorProcess

pytestmark = [pytest.mark.browser, pytest.mark.stack]
PROGRAMS = ("chromium-headless-shell", "chromium", "google-chrome")


@pytest.fixture
def page(simulator: SimulatorProcess) -> Iterator[Page]:
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    assert program is not None, f"none of {', '.join(PROGRAMS)} is installed"
    simulator.call("POST", "clock/next-day", {"time": "10:00:00"})
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page()
        problems: list[str] = []
        opened.on("pageerror", lambda error: problems.append(str(error)))
        opened.goto(f"{simulator.url}control/")
        opened.locator("#symbols option").nth(10).wait_for(state="attached")
        yield opened
        browser.close()
        assert problems == []


def press(page: Page, button: str, nth: int = 0, /, **fields: str) -> str:
    """Fill the button's form, press it, and return what the page says then."""
    pressed = page.get_by_role("button", name=button, exact=True).nth(nth)
    form = pressed.locator("xpath=ancestor::form")
    for name, value in fields.items():
        named = form.locator(f"[name={name}]")
        if named.evaluate("element => element.tagName") == "SELECT":
            named.select_option(value)
        else:
            named.fill(value)
    page.evaluate("document.getElementById('told').textContent = ''")
    pressed.click()
    page.wait_for_function("document.getElementById('told').textContent !== ''")
    return page.inner_text("#told")


def test_clock_orders_halts_accounts_and_faults_follow_the_buttons(simulator: SimulatorProcess, page: Page) -> None:
    assert press(page, "stop").endswith("done")
    page.get_by_text("stopped", exact=True).wait_for()
    assert press(page, "run").endswith("done")
    assert press(page, "place", symbol="VIC", side="SELL", price="85500").endswith("done")
    assert press(page, "place", 1, account="0901351", symbol="VIC", price="85500").endswith("done")
    assert press(page, "halt", symbol="FPT").endswith("done")
    assert press(page, "open", number="0901359").endswith("done")
    assert press(page, "arm", kind="bust", times="", value="500").endswith("done")
    with simulator.control as control:
        assert [order["status"] for order in control.get("orders").json()] == ["FF"]
        assert control.get("symbols/FPT").json()["status"] == "HALTED"
        assert "0901359" in {account["number"] for account in control.get("accounts").json()}
        (fault,) = control.get("faults").json()
        assert (fault["kind"], fault["times"], fault["value"]) == ("bust", None, 500)
    page.locator("table[data-source='GET /faults'] td", has_text="bust").wait_for()
    assert press(page, "clear all").endswith("done")
    assert press(page, "jump").endswith("done")


def test_phases_days_securities_and_switches_follow_the_buttons(simulator: SimulatorProcess, page: Page) -> None:
    with simulator.control as control:
        assert press(page, "stretch this phase", exchange="HNX").endswith("done")
        assert press(page, "halt the exchange", exchange="HOSE").endswith("done")
        rows = {row["exchange"]: row for row in control.get("phases").json()}
        assert (rows["HOSE"]["phase"], rows["HNX"]["phase"]) == ("HALTED", "CONT_AM")
        assert rows["HNX"]["since"] is not None
        for exchange in ("HOSE", "HNX"):
            assert press(page, "end it: follow the timetable", exchange=exchange).endswith("done")
        assert press(page, "begin now", exchange="UPCOM", phase="BREAK").endswith("done")
        assert control.get("symbols/ACV").json()["phase"] == "BREAK"
        wrong = press(page, "begin now", exchange="UPCOM", phase="PLO")
        assert "must be one of" in wrong
        assert press(page, "end it: follow the timetable", exchange="UPCOM").endswith("done")

        assert press(page, "set", day="2027-03-01", kind="CLOSED", exchange="HNX").endswith("done")
        (day,) = control.get("calendar").json()
        assert (day["day"], day["exchange"]) == ("2027-03-01", "HNX")
        assert press(page, "as published", day="2027-03-01").endswith("done")

        assert press(page, "set", 1, symbol="SHS", status="WARNED", band_day="RETURN_DAY").endswith("done")
        shs = control.get("symbols/SHS").json()
        assert (shs["status"], shs["band_day"], shs["ceiling"]) == ("WARNED", "RETURN_DAY", 29_100)

        page.select_option("#switches", "pre_open")
        page.fill("[data-kind=switch]", '"reject"')
        assert press(page, "set", 2).endswith("done")
        assert control.get("settings").json()["pre_open"] == "reject"
        assert press(page, "all as in a new simulator").endswith("done")


def test_shares_move_and_executions_are_made_and_taken_back(simulator: SimulatorProcess, page: Page) -> None:
    with simulator.control as control:
        number = "0901351"
        before = control.get("accounts").json()[0]["positions"]["FPT"]["on_hand"]
        assert press(page, "move", number=number, shares="FPT -100").endswith("done")
        assert control.get("accounts").json()[0]["positions"]["FPT"]["on_hand"] == before - 100
        assert "write a symbol and a number" in press(page, "move", number=number, shares="FPT")
        assert press(page, "place", symbol="SHS", side="SELL", price="22400").endswith("done")
        assert press(page, "place", 1, account=number, symbol="SHS", price="22400").endswith("done")
        order_id = control.get("orders").json()[-1]["order_id"]
        page.locator(f"#orders option[value='{order_id}']").wait_for(state="attached")
        told = {"order_id": order_id, "price": "22400"}
        assert press(page, "correct", **told, corrected_price="22500").endswith("done")
        assert press(page, "take back", order_id=order_id, price="22500").endswith("done")
        assert control.get("orders").json()[-1]["filled"] == 0


def test_a_refusal_is_told_in_the_simulators_words(page: Page) -> None:
    assert "ceiling" in press(page, "place", symbol="VIC", side="SELL", price="99900")
