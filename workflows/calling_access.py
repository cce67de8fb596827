"""How the trading access of a connection is asked and called from outside: by the API, the command line, a worker."""

from datetime import timedelta
from typing import Final

from temporalio.client import Client

from workflows import messages
from workflows.access_state import AccessView

_CALL: Final = timedelta(seconds=3)


async def access_view(client: Client, connection_id: str) -> AccessView | None:
    """As last looked at; None before the first look.

    Raises `RPCError`, `WorkflowQueryFailedError` or `WorkflowQueryRejectedError` when nobody answers.
    """
    handle = client.get_workflow_handle(messages.access_id(connection_id))
    found: AccessView | None = await handle.query(
        messages.VIEW,
        result_type=AccessView | None,  # type: ignore[arg-type] # the SDK passes unions on to pydantic
        rpc_timeout=_CALL,
    )
    return found


async def have_access_looked_at(client: Client, connection_id: str) -> None:
    """A code was left, or an order could not leave for want of one. Raises `RPCError`."""
    await client.get_workflow_handle(messages.access_id(connection_id)).signal(messages.ACCESS_LOOK, rpc_timeout=_CALL)


async def have_code_sent(client: Client, connection_id: str) -> None:
    """A person wants the broker to send a code. Raises `RPCError`."""
    await client.get_workflow_handle(messages.access_id(connection_id)).signal(messages.CODE_WANTED, rpc_timeout=_CALL)
