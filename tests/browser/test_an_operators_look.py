"""What an operator sees of an order in the web UI, looked at with a browser."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.end_to_end.test_a_users_day import body, place, wait_for
from tests.support.whole_stack import WholeStack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
PROGRAMS = ("chromium-headless-shell", "chromium", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PATIENCE_MS = 30_000


@pytest.fixture
def page() -> Iterator[Page]:
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    assert program is not None, f"none of {', '.join(PROGRAMS)} is installed"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        try:
            yield browser.new_page()
        finally:
            browser.close()


def test_an_order_is_understood_without_opening_its_history(stack: WholeStack, page: Page) -> None:
    with stack.api as api:
        order = wait_for(api, place(api, body(stack))["order_id"], "filled")
    workflows = f"http://127.0.0.1:{stack.environment['TEMPORAL_UI_PORT']}/namespaces/oms/workflows"
    page.goto(f"{workflows}?query=Symbol%3D'VIC'%20AND%20BrokerOrderId%3D'{order['broker_order_id']}'")
    page.get_by_role("link", name=order["order_id"]).click(timeout=PATIENCE_MS)
    page.wait_for_url("**/history**", timeout=PATIENCE_MS)
    page.goto(page.url.replace("/history", "/user-metadata"))
    # The web UI shows Markdown in frames of its own; the current details are the last of them.
    details = page.locator("iframe").last.content_frame
    details.get_by_text(f"BUY 100 VIC @ {order['price']:g} LO HOSE: filled").wait_for(timeout=PATIENCE_MS)
    details.get_by_text("filled 100 of 100").wait_for(timeout=PATIENCE_MS)
