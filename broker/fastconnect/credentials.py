"""What one connection to SSI needs: addresses, keys and time limits, all handed in and never read from elsewhere."""

import re
from dataclasses import dataclass, field

from broker.fastconnect.wire_values import storable

_LONGEST_TEXT = 300
_SHORTEST_SECRET = 4
_SHORTEST_KEY_PART = 16  # a PEM key comes in lines, among them words that are no secret
_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*")


@dataclass(frozen=True, slots=True)
class Credentials:
    """One SSI connection key. `code` is the PIN (`two_factor_type` 0) or an OTP (1); `private_key` is PEM or the
    base64 of an XML RSAKeyValue. Secrets stay out of the repr."""

    trading_url: str
    stream_url: str
    data_url: str
    consumer_id: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    private_key: str = field(repr=False)
    code: str = field(repr=False)
    two_factor_type: int = 0
    device_id: str = ""
    user_agent: str = "order-management"
    data_stream_url: str = ""

    def without_secrets(self, text: str) -> str:
        """`text` of a broker's answer, fit for logs and outcomes: shortened, with every secret of ours masked."""
        key = (part for part in self.private_key.split() if len(part) >= _SHORTEST_KEY_PART)
        for secret in (self.consumer_secret, self.consumer_id, self.private_key.strip(), *key):
            if len(secret) >= _SHORTEST_SECRET:  # an empty one stands between any two letters
                text = text.replace(secret, "***")
        if self.code:
            text = text.replace(self.code, "***")
        return storable(_TOKEN.sub("***", text))[:_LONGEST_TEXT]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: for one connect, write, read and wait for a pooled connection, for a whole exchange, for a turn under
    the rate limits before it, and of silence after which a stream counts as lost."""

    connect: float = 2.0
    read: float = 6.0
    write: float = 3.0
    pool: float = 2.0
    total: float = 15.0
    turn: float = 5.0
    stream_silence: float = 30.0


DEFAULT_TIMEOUTS = Timeouts()
