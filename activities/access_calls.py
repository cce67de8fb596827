"""Telling the workflow of a connection's trading access that an order could not leave for want of a code."""

import asyncio
import math
from typing import Final

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from workflows.calling_access import have_access_looked_at

AGAIN_SECONDS: Final = 30.0
"""Every order that waits finds out again and again; one call says all."""

_log = structlog.get_logger(__name__)


class AccessCaller:
    def __init__(self, client: Client, connection_id: str) -> None:
        self._client = client
        self._connection_id = connection_id
        self._called_at = -math.inf

    async def code_needed(self) -> None:
        """Have the access looked at; a call that fails is only logged, since a look comes without it too."""
        now = asyncio.get_running_loop().time()
        if now < self._called_at + AGAIN_SECONDS:
            return
        self._called_at = now
        try:
            await have_access_looked_at(self._client, self._connection_id)
        except RPCError as error:
            _log.warning("the trading access was not called", reason=error.status.name)
