"""What users may do, as the ledger says; its last word stands for a while when the database does not answer."""

import time
from collections.abc import Callable

from api.ledger_port import DatabaseUnavailable, LedgerReads, within
from ledger.accounts import UserGrants

LONGEST_MEMORY_SECONDS = 300.0


class GrantsMemory:
    """The last known grants of each user of this process."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._known: dict[str, tuple[UserGrants, float]] = {}

    def remembers(self, user: str) -> bool:
        return self._remembered(user) is not None

    async def read(self, user: str, ledger: LedgerReads, seconds: float) -> UserGrants | None:
        """The user's grants, None for an unknown user; remembered ones only when the ledger does not answer in time.

        Raises `DatabaseUnavailable` when there is nothing to remember or it is older than five minutes.
        """
        try:
            found = await within(seconds, ledger.grants(user))
        except DatabaseUnavailable:
            remembered = self._remembered(user)
            if remembered is None:
                raise
            return remembered
        if found is None:
            self._known.pop(user, None)
        else:
            self._known[user] = (found, self._now())
        return found

    def _remembered(self, user: str) -> UserGrants | None:
        grants, read_at = self._known.get(user, (None, 0.0))
        return grants if self._now() - read_at <= LONGEST_MEMORY_SECONDS else None
