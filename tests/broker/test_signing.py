"""Signatures against the public key, from each form in which SSI's keys come."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from broker.fastconnect.signing import Signer, WrongKey
from broker.port import Accepted
from tests.broker import client as made
from tests.broker.loopback import envelope, running, signed_in

BODY = b'{"account":"0712341","requestID":"10000001"}'


def number(value: int) -> str:
    return base64.b64encode(value.to_bytes((value.bit_length() + 7) // 8)).decode()


def xml(*without: str) -> str:
    numbers = made.private_key().private_numbers()
    public = numbers.public_numbers
    values = {
        "Modulus": public.n,
        "Exponent": public.e,
        "P": numbers.p,
        "Q": numbers.q,
        "DP": numbers.dmp1,
        "DQ": numbers.dmq1,
        "InverseQ": numbers.iqmp,
        "D": numbers.d,
    }
    items = "".join(f"<{name}>{number(value)}</{name}>" for name, value in values.items() if name not in without)
    return f"<RSAKeyValue>{items}</RSAKeyValue>"


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def traditional_pem() -> str:
    return made.private_key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(made.pem(), id="PKCS 8 PEM"),
        pytest.param(f"\n{traditional_pem()}\n", id="PKCS 1 PEM"),
        pytest.param(in_base64(xml()), id="base64 of XML"),
        pytest.param(base64.encodebytes(xml().encode()).decode(), id="base64 in lines"),
        pytest.param(in_base64(f"\ufeff{xml()}"), id="base64 of XML with a byte order mark"),
        pytest.param(in_base64(xml("DP", "DQ", "InverseQ")), id="only what Python's client reads"),
        pytest.param(xml(), id="plain XML"),
    ],
)
def test_every_form_of_the_key_signs_alike(key: str) -> None:
    signature = Signer(key).sign(BODY)
    assert signature == Signer(made.pem()).sign(BODY)
    assert signature == signature.lower()
    assert len(signature) == 256
    made.private_key().public_key().verify(bytes.fromhex(signature), BODY, padding.PKCS1v15(), SHA256())


@pytest.mark.parametrize(
    "key",
    [
        "",
        "no key at all!",
        "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----",
        in_base64("<RSAKeyValue></RSAKeyValue>"),
        in_base64(xml("P")),
        in_base64(xml().replace("<P>", "<P>AQAB")),
        base64.b64encode(b"\xff\xff\xff").decode(),
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        .decode(),
    ],
)
def test_a_key_that_cannot_be_read_says_what_is_allowed_and_not_what_was_given(key: str) -> None:
    with pytest.raises(WrongKey, match="allowed are") as raised:
        Signer(key)
    assert not key or key not in str(raised.value)


async def test_the_signature_covers_the_body_as_it_was_sent() -> None:
    async with running(signed_in(lambda _: envelope({}))) as host, made.client(host.url) as broker:
        assert await broker.submit(made.SUBMIT) == Accepted()
        sent = host.requests[-1]
    signature = bytes.fromhex(sent.headers["x-signature"])
    made.private_key().public_key().verify(signature, sent.body, padding.PKCS1v15(), SHA256())
