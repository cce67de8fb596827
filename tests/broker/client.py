"""A `FastConnect` for tests: made-up credentials, time limits, and the requests they send."""

from dataclasses import replace
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from broker.fastconnect.connection import FastConnect
from broker.fastconnect.credentials import Credentials, Timeouts
from broker.fastconnect.unknowns import SsiBehaviour
from broker.port import AmendRequest, CancelRequest, SubmitRequest
from market.terms import OrderTerms
from market.vocabulary import Exchange, OrderType, Side

ACCOUNT = "0712341"
CONSUMER_ID = "c0ffee-consumer-id"
CONSUMER_SECRET = "5ec2e7-consumer-secret"
PIN = "834251"
PATIENT = Timeouts(connect=30, read=30, write=30, pool=30, total=60, stream_silence=30)
HURRIED = Timeouts(connect=1, read=1, write=30, pool=30, total=60, stream_silence=1)  # for hosts that stay silent

TERMS = OrderTerms("FPT", Exchange.HOSE, Side.BUY, OrderType.LO, 200, 98_500)
SUBMIT = SubmitRequest(ACCOUNT, "10000001", TERMS)
CANCEL = CancelRequest(ACCOUNT, "10000002", "20417733", TERMS)
AMEND = AmendRequest(ACCOUNT, "10000003", "20417733", TERMS, replace(TERMS, price=98_000), filled=0)


@cache
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=1024)  # noqa: S505 - SSI hands out this size too


def pem() -> str:
    return private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def credentials(url: str) -> Credentials:
    return Credentials(
        trading_url=url,
        stream_url=url,
        data_url=url,
        data_stream_url=url,
        consumer_id=CONSUMER_ID,
        consumer_secret=CONSUMER_SECRET,
        private_key=pem(),
        code=PIN,
        device_id="0A-1B-2C-3D-4E-5F",
    )


def client(url: str, timeouts: Timeouts = PATIENT, behaviour: SsiBehaviour | None = None) -> FastConnect:
    return FastConnect(credentials(url), timeouts, behaviour)
