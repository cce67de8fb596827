"""The connection's keys, made once per folder, and the file that hands them to the client as environment variables."""

import base64
import secrets
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from simulator.starting_accounts import DEFAULT_ACCOUNT

_KEY_FILE = "ssi_private_key.xml.b64"
_PEM_FILE = "ssi_private_key.pem"
_SECRETS_FILE = "ssi_secrets"
_ENVIRONMENT_FILE = "ssi.env"
_PIN_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Credentials:
    """What SSI's portal hands to a client, and where it lies; `pin` signs in where no one-time code does.

    The key lies there as SSI hands it out (base64 of an XML RSAKeyValue) and as PEM.
    """

    consumer_id: str
    consumer_secret: str
    pin: str
    private_key: RSAPrivateKey
    private_key_file: Path
    private_key_pem_file: Path
    environment_file: Path


def load_credentials(folder: Path, address: str) -> Credentials:
    """Read the folder's keys, or make them, and write `ssi.env` for clients that reach us at `address` (a URL)."""
    key_file = folder / _KEY_FILE
    if not key_file.exists():
        write_private(key_file, _to_xml(generate_private_key(public_exponent=65537, key_size=2048)))
    secrets_file = folder / _SECRETS_FILE
    if not secrets_file.exists():
        pin = "".join(secrets.choice("0123456789") for _ in range(_PIN_DIGITS))
        write_private(secrets_file, f"{secrets.token_hex(16)} {secrets.token_hex(16)} {pin}")
    consumer_id, consumer_secret, pin = secrets_file.read_text().split()
    private_key = _from_xml(key_file.read_text())
    pem_file = folder / _PEM_FILE
    write_private(pem_file, private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
    credentials = Credentials(
        consumer_id, consumer_secret, pin, private_key, key_file, pem_file, folder / _ENVIRONMENT_FILE
    )
    write_private(credentials.environment_file, _environment(credentials, address))
    return credentials


def _environment(credentials: Credentials, address: str) -> str:
    values = {
        "SSI_API_URL": address,
        "SSI_STREAM_URL": address,
        "SSI_DATA_URL": address,
        "SSI_DATA_STREAM_URL": address,
        "SSI_API_KEY": credentials.consumer_id,
        "SSI_API_SECRET": credentials.consumer_secret,
        "SSI_PRIVATE_KEY_FILE": str(credentials.private_key_file),
        "SSI_PIN": credentials.pin,
        "SSI_ACCOUNT": DEFAULT_ACCOUNT,
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())


def write_private(path: Path, text: str) -> None:
    """Replace `path` as a whole, readable by its owner only from the first byte on."""
    draft = path.with_name(f"{path.name}.new")
    draft.touch(mode=0o600)
    draft.chmod(0o600)
    draft.write_text(text)
    draft.replace(path)


def _to_xml(key: RSAPrivateKey) -> str:
    numbers = key.private_numbers()
    values = {
        "Modulus": numbers.public_numbers.n,
        "Exponent": numbers.public_numbers.e,
        "P": numbers.p,
        "Q": numbers.q,
        "DP": numbers.dmp1,
        "DQ": numbers.dmq1,
        "InverseQ": numbers.iqmp,
        "D": numbers.d,
    }
    root = Element("RSAKeyValue")
    for name, value in values.items():
        octets = value.to_bytes((value.bit_length() + 7) // 8, "big")
        SubElement(root, name).text = base64.b64encode(octets).decode()
    return base64.b64encode(tostring(root)).decode()


def _from_xml(text: str) -> RSAPrivateKey:
    root = fromstring(base64.b64decode(text))  # noqa: S314 - a file this program wrote for itself
    values = {element.tag: int.from_bytes(base64.b64decode(element.text or ""), "big") for element in root}
    public = RSAPublicNumbers(e=values["Exponent"], n=values["Modulus"])
    return RSAPrivateNumbers(
        p=values["P"],
        q=values["Q"],
        d=values["D"],
        dmp1=values["DP"],
        dmq1=values["DQ"],
        iqmp=values["InverseQ"],
        public_numbers=public,
    ).private_key()
