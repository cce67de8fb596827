"""How a process keeps one long-running activity alive: through the trading date, and started again when it breaks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows import messages

_DAY = timedelta(hours=26)
_SIGN_OF_LIFE = timedelta(seconds=10)
_FIRST_PAUSE = timedelta(milliseconds=500)


async def keep_alive(
    listener: Any,
    arguments: Sequence[str] = (),
    *,
    summary: str,
    longest_pause: timedelta = timedelta(seconds=2),
) -> None:
    """Ends when `listener` does, which is when another day begins."""
    await workflow.execute_activity_method(
        listener,
        args=arguments,
        task_queue=messages.FEED_QUEUE,
        start_to_close_timeout=_DAY,
        heartbeat_timeout=_SIGN_OF_LIFE,
        retry_policy=RetryPolicy(initial_interval=_FIRST_PAUSE, maximum_interval=longest_pause),
        summary=summary,
    )
