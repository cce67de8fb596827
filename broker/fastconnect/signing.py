"""`X-Signature`: RSA PKCS#1 v1.5 with SHA-256 over the body exactly as it is sent, in lower-case hex."""

import base64
import binascii
import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_PEM = "-----BEGIN"
_XML = "<RSAKeyValue"
_ELEMENT = re.compile(r"<(Modulus|Exponent|P|Q|D)>([^<]+)</\1>")
_ALLOWED = "allowed are an unencrypted RSA key in PEM, or the base64 text of an XML RSAKeyValue as iBoard hands it out"


class WrongKey(ValueError):  # noqa: N818 - a person reads the name in a traceback
    """The private key cannot be read; the text never holds the key."""


class Signer:
    """Signs bodies with one private key. Raises `WrongKey` when `private_key` is in no form that SSI uses."""

    def __init__(self, private_key: str) -> None:
        self._key = _read_key(private_key.strip())

    def __repr__(self) -> str:
        return f"Signer(RSA {self._key.key_size} bits)"

    def sign(self, body: bytes) -> str:
        return self._key.sign(body, padding.PKCS1v15(), SHA256()).hex()


def _read_key(text: str) -> rsa.RSAPrivateKey:
    if text.startswith(_PEM):
        return _from_pem(text)
    return _from_xml(text if text.startswith(_XML) else _unpacked(text))


def _from_pem(text: str) -> rsa.RSAPrivateKey:
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise WrongKey(f"the private key is PEM that cannot be read: {_ALLOWED}") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise WrongKey(f"the private key is not an RSA key: {_ALLOWED}")
    return key


def _unpacked(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8-sig")
    except (binascii.Error, UnicodeError, ValueError):
        raise WrongKey(f"the private key is neither PEM nor base64: {_ALLOWED}") from None


def _from_xml(text: str) -> rsa.RSAPrivateKey:
    try:
        number = {name: int.from_bytes(base64.b64decode(value)) for name, value in _ELEMENT.findall(text)}
        return _from_numbers(number)
    except (KeyError, ValueError, ZeroDivisionError):
        raise WrongKey(f"the private key's XML lacks numbers that belong together: {_ALLOWED}") from None


def _from_numbers(number: dict[str, int]) -> rsa.RSAPrivateKey:
    p, q, d = number["P"], number["Q"], number["D"]
    public = rsa.RSAPublicNumbers(number["Exponent"], number["Modulus"])
    return rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public
    ).private_key()
