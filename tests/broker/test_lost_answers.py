"""Answers that are none: whoever spoke, it was not SSI's word on the order, so nothing is concluded from it."""

from broker.port import Unknown
from tests.broker import client as made
from tests.broker.loopback import Answer, envelope, running, signed_in

NEW_ORDER = "/api/v2/Trading/NewOrder"
PROXY_PAGE = Answer(502, b"<html><body>Bad Gateway</body></html>", "text/html")


async def test_lc05_a_proxys_error_page_is_unknown_and_never_a_rejection() -> None:
    async with running(signed_in(lambda _: PROXY_PAGE)) as host, made.client(host.url) as broker:
        outcome = await broker.submit(made.SUBMIT)
        assert outcome == Unknown("HTTP 502")
        assert host.count(NEW_ORDER) == 1


async def test_lc20_a_request_id_that_is_known_already_is_unknown_since_the_first_may_have_arrived() -> None:
    async with running(signed_in(lambda _: envelope(None, 409, "duplicate"))) as host, made.client(host.url) as broker:
        assert isinstance(await broker.submit(made.SUBMIT), Unknown)
        assert host.count(NEW_ORDER) == 1
