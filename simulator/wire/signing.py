"""`X-Signature`: RSA PKCS#1 v1.5 with SHA-256 over the exact bytes of the body, in hexadecimal."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256


def is_signed(body: bytes, signature: str, key: RSAPublicKey) -> bool:
    try:
        key.verify(bytes.fromhex(signature), body, PKCS1v15(), SHA256())
    except (ValueError, InvalidSignature):
        return False
    return True
