"""The one-time codes that SSI would send to a phone: made on request, good for one login, the newest only."""

import secrets
import time
from dataclasses import dataclass

_DIGITS = 6


@dataclass(slots=True)
class OneTimeCodes:
    """`sent` is the code that is still good, None when none was asked for since the last login.

    `unused` counts those asked for since then.
    """

    sent: str | None = None
    sent_at: float = 0.0
    unused: int = 0

    @property
    def age(self) -> float:
        """Seconds since the last code was sent."""
        return time.monotonic() - self.sent_at

    def send(self) -> None:
        self.sent_at = time.monotonic()
        self.unused += 1
        self.sent = "".join(secrets.choice("0123456789") for _ in range(_DIGITS))

    def use(self, code: str) -> bool:
        """Whether `code` is the one that was sent; then it is used up."""
        if self.sent is None or not secrets.compare_digest(code.encode(), self.sent.encode()):
            return False
        self.sent, self.unused = None, 0
        return True
