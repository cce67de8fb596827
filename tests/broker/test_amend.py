"""Amendments: exactly SSI's fields, and no quantity whose meaning at SSI is not known."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256

from broker.fastconnect.unknowns import LIVE, PartFilledAmend, SsiBehaviour
from broker.port import Accepted, AmendRequest, Broker, NotSent, OwnRefusal, Refused, Unknown
from market.vocabulary import Exchange, OrderType
from tests.broker import client as made
from tests.broker.loopback import Answer, Breakdown, Request, Script, envelope, running, signed_in

FEWER = replace(made.TERMS, quantity=100)
CHEAPER = replace(made.TERMS, price=98_000)


def part_filled(amend: AmendRequest, filled: int = 40) -> AmendRequest:
    return replace(amend, filled=filled)


async def amended(request: AmendRequest, behaviour: SsiBehaviour) -> Request:
    async with running(signed_in(lambda _: envelope({}))) as host:
        async with made.client(host.url, behaviour=behaviour) as broker:
            assert await broker.amend(request) == Accepted()
        return host.requests[-1]


async def test_modify_order_has_ssis_fields() -> None:
    sent = await amended(made.AMEND, LIVE)
    assert (sent.method, sent.path) == ("POST", "/api/v2/Trading/ModifyOrder")
    assert sent.fields() == {
        "account": made.ACCOUNT,
        "requestID": "10000003",
        "orderID": "20417733",
        "marketID": "VN",
        "instrumentID": "FPT",
        "price": 98_000,
        "quantity": 200,
        "buySell": "B",
        "orderType": "LO",
        "code": "",
        "deviceId": "0A-1B-2C-3D-4E-5F",
        "userAgent": "order-management",
    }


async def test_an_amendment_is_signed() -> None:
    sent = await amended(made.AMEND, LIVE)
    signature = bytes.fromhex(sent.headers["x-signature"])
    made.private_key().public_key().verify(signature, sent.body, padding.PKCS1v15(), SHA256())


async def test_the_quantity_of_a_part_filled_order_is_not_amended_until_its_meaning_is_verified() -> None:
    request = part_filled(replace(made.AMEND, amended=FEWER))
    async with running(signed_in(lambda _: envelope({}))) as host:
        async with made.client(host.url, behaviour=LIVE) as broker:
            outcome = await broker.amend(request)
        assert host.requests == []
    assert isinstance(outcome, Refused)
    assert outcome.code == OwnRefusal.AMEND_QUANTITY_PART_FILLED


async def test_the_price_of_a_part_filled_order_is_amended_with_its_quantity_as_it_is() -> None:
    sent = await amended(part_filled(replace(made.AMEND, amended=CHEAPER)), LIVE)
    assert (sent.fields()["price"], sent.fields()["quantity"]) == (98_000, 200)


@pytest.mark.parametrize(
    ("meaning", "quantity"), [(PartFilledAmend.WHOLE_QUANTITY, 100), (PartFilledAmend.OPEN_QUANTITY, 60)]
)
async def test_a_verified_meaning_decides_what_is_sent(meaning: PartFilledAmend, quantity: int) -> None:
    behaviour = replace(LIVE, part_filled_amend=meaning)
    sent = await amended(part_filled(replace(made.AMEND, amended=FEWER)), behaviour)
    assert sent.fields()["quantity"] == quantity


async def test_an_order_without_fills_is_amended_in_any_case() -> None:
    sent = await amended(replace(made.AMEND, amended=FEWER), LIVE)
    assert sent.fields()["quantity"] == 100


async def test_hoses_market_order_has_the_name_that_is_verified() -> None:
    terms = replace(made.TERMS, order_type=OrderType.MTL, price=None)
    for behaviour, name in ((LIVE, "MTL"), (replace(LIVE, hose_market_order="MP"), "MP")):
        async with running(signed_in(lambda _: envelope({}))) as host:
            async with made.client(host.url, behaviour=behaviour) as broker:
                await broker.submit(replace(made.SUBMIT, terms=terms))
                await broker.submit(replace(made.SUBMIT, terms=replace(terms, exchange=Exchange.HNX)))
            on_hose, on_hnx = (request.fields()["orderType"] for request in host.requests[-2:])
        assert (on_hose, on_hnx) == (name, "MTL")


def always(answer: Answer) -> Script:
    return signed_in(lambda _: answer)


async def test_after_an_earlier_send_only_a_yes_proves_anything() -> None:
    answers = [envelope(None, 400, "no"), envelope(None, 429, "quota"), envelope(None, 401, "Unauthorized")]
    async with running(signed_in(lambda _: Breakdown.CLOSE)) as host, made.client(host.url) as broker:
        for answer in answers:
            host.script = always(answer)
            for outcome in (
                await broker.submit(replace(made.SUBMIT, sent_before=True)),
                await broker.amend(replace(made.AMEND, sent_before=True)),
                await broker.cancel(replace(made.CANCEL, sent_before=True)),
            ):
                assert isinstance(outcome, Unknown)
        host.script = signed_in(lambda _: envelope({}))
        assert await broker.amend(replace(made.AMEND, sent_before=True)) == Accepted()


async def test_a_request_that_was_never_sent_may_be_refused() -> None:
    unauthorised = envelope(None, 401, "Unauthorized")
    async with running(signed_in(lambda _: unauthorised)) as host, made.client(host.url) as broker:
        assert isinstance(await broker.amend(made.AMEND), NotSent)


async def test_a_broker_that_does_not_amend_says_so() -> None:
    outcome = await Broker.amend(made.client("http://127.0.0.1:9/"), made.AMEND)
    assert isinstance(outcome, Refused)
    assert outcome.code == OwnRefusal.AMEND_NOT_OFFERED
