"""The wire's small pure parts: words for refusals, channels, signatures, tokens, faults, and hidden secrets."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from market.vocabulary import OrderType
from simulator.credentials import load_credentials
from simulator.faults import Fault, FaultKind, Faults, Occasion
from simulator.received import Received
from simulator.symbols import LISTINGS
from simulator.wire.channels import parse_channels
from simulator.wire.data_feed import CHANNELS
from simulator.wire.signing import is_signed
from simulator.wire.tokens import Invalid, Tokens, TokenUse
from tests.simulator.market_of_one import open_market, place


@pytest.mark.parametrize("text", ["X:VIC-FPT", "x: vic-fpt", "X:VIC-FPT,F:VIC"])
def test_channels_are_read_in_any_case_and_with_blanks(text: str) -> None:
    channels = parse_channels(text, CHANNELS)
    assert channels.has("X", "VIC")
    assert channels.has("X", "FPT")
    assert not channels.has("X", "HPG")


def test_all_means_every_symbol_of_a_channel_or_of_every_channel() -> None:
    assert parse_channels("X:ALL", CHANNELS).has("X", "VIC")
    assert not parse_channels("X:ALL", CHANNELS).has("F", "VIC")
    assert parse_channels("ALL", CHANNELS).has("F", "VIC")


def test_the_key_file_holds_all_eight_elements_and_stays_the_same(tmp_path: Path) -> None:
    first = load_credentials(tmp_path, "http://127.0.0.1:1/")
    root = fromstring(base64.b64decode(first.private_key_file.read_text()))  # noqa: S314 - our own file
    assert {element.tag for element in root} == {"Modulus", "Exponent", "P", "Q", "DP", "DQ", "InverseQ", "D"}
    assert first.private_key_file.stat().st_mode & 0o777 == 0o600
    again = load_credentials(tmp_path, "http://127.0.0.1:2/")
    assert (again.consumer_id, again.pin) == (first.consumer_id, first.pin)
    assert again.private_key.private_numbers() == first.private_key.private_numbers()
    assert "SSI_API_URL=http://127.0.0.1:2/\n" in again.environment_file.read_text()


def test_a_signature_covers_the_exact_bytes(tmp_path: Path) -> None:
    key = load_credentials(tmp_path, "http://127.0.0.1:1/").private_key
    signature = key.sign(b'{"a": 1}', PKCS1v15(), SHA256()).hex()
    assert is_signed(b'{"a": 1}', signature.upper(), key.public_key())
    assert not is_signed(b'{"a":1}', signature, key.public_key())
    assert not is_signed(b'{"a": 1}', "no hex", key.public_key())


def test_a_tokens_claims_are_plain_base64_for_ssis_python_client(tmp_path: Path) -> None:
    tokens = Tokens(load_credentials(tmp_path, "http://127.0.0.1:1/").private_key, open_market())
    for _ in range(50):
        token = tokens.issue("0" * 32, TokenUse.READ)
        segment = token.split(".")[1]
        assert "-" not in segment
        assert "_" not in segment
        claims = json.loads(base64.b64decode(segment + "=" * (-len(segment) % 4)))
        assert claims["exp"] > datetime.now(UTC).timestamp() + 3600
    assert tokens.check(f"Bearer {token}") is TokenUse.READ
    assert isinstance(tokens.check(f"Bearer {token[:-6]}AAAAAA"), Invalid)


def test_a_token_that_was_forgotten_is_bad_and_a_later_one_good(tmp_path: Path) -> None:
    tokens = Tokens(load_credentials(tmp_path, "http://127.0.0.1:1/").private_key, open_market())
    forgotten = tokens.issue("0" * 32, TokenUse.READ)
    tokens.forget_all()
    kept = tokens.issue("0" * 32, TokenUse.READ)
    assert isinstance(tokens.check(f"Bearer {forgotten}"), Invalid)
    assert tokens.check(f"Bearer {kept}") is TokenUse.READ


def test_a_fault_happens_as_often_as_asked_and_only_on_its_path() -> None:
    faults = Faults()
    faults.add(Fault(FaultKind.DROP_BEFORE_TAKING, "NewOrder", times=2))
    assert faults.draw(FaultKind.DROP_BEFORE_TAKING, Occasion("cancelorder")) is None
    assert faults.draw(FaultKind.REPLY_DELAY_MS, Occasion("neworder")) is None
    drawn = [faults.draw(FaultKind.DROP_BEFORE_TAKING, Occasion("neworder")) is not None for _ in range(3)]
    assert drawn == [True, True, False]


def test_secrets_are_not_kept_with_received_requests() -> None:
    received = Received()
    body = json.dumps({"ConsumerSecret": "s3cret", "code": "123456", "account": "0901351"}).encode()
    received.add(datetime.now(UTC), datetime.now(UTC), "POST", "x", {"access_token": "t0ken"}, body)
    shown = str(received.requests)
    assert "0901351" in shown
    assert not any(secret in shown for secret in ("s3cret", "123456", "t0ken"))


@settings(deadline=None)
@given(
    price=st.integers(1, 200_000),
    quantity=st.integers(1, 2_000_000),
    order_type=st.sampled_from(OrderType),
    clock=st.sampled_from(["08:00", "09:10", "10:00", "12:00", "14:40", "16:00"]),
    symbol=st.sampled_from(["VIC", "SHS", "ACV", "E1VFVN30", "NONE"]),
)
def test_every_order_ends_with_an_outcome_in_the_wires_words(
    price: int, quantity: int, order_type: OrderType, clock: str, symbol: str
) -> None:
    order = place(open_market(clock), symbol, price=price, quantity=quantity, order_type=order_type)
    assert bool(order.reject_code) is (order.status == "RJ")
    assert "{" not in order.reject_reason


def test_at_least_thirty_securities_of_all_three_exchanges_start_inside_their_own_bands() -> None:
    assert len({listing.symbol for listing in LISTINGS}) == len(LISTINGS) >= 30
    for security in open_market().securities.values():
        assert security.day.reference == security.listing.first_reference
        assert place(open_market(), security.symbol, price=security.day.reference).reject_code == ""
