"""What the simulator remembers of the tokens it gave, so that after a restart the same ones are good."""

import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class GivenTokens:
    """Tokens of another `era` are forgotten; `latest` has the id of the newest token of each host."""

    era: str = ""
    latest: dict[str, str] = field(default_factory=dict)

    def with_latest(self, host: str, number: str) -> "GivenTokens":
        return GivenTokens(self.era, {**self.latest, host: number})

    def forgotten(self) -> "GivenTokens":
        """No token given so far is good any more."""
        return GivenTokens(secrets.token_hex(4), self.latest)
