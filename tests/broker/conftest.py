"""Fixtures of the broker's tests."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import looptime
import pytest


@pytest.fixture
async def exact_time() -> AsyncIterator[None]:
    """Time is the event loop's alone: a wait takes exactly its seconds; only for tests without a network."""
    looptime.patch_event_loop(cast("asyncio.BaseEventLoop", asyncio.get_running_loop()), _enabled=False)
    with looptime.enabled(strict=True):
        yield
