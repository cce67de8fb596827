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


def test_a_refusal_is_told_in_the_simulators_words(page: Page) -> None:
    assert "ceiling" in press(page, "place", symbol="VIC", side="SELL", price="99900")
