"""Today's reference data from the broker on demand, for whoever does not want to wait for the next morning."""

import asyncio

from temporalio.client import Client
from temporalio.service import RPCError

from cli.configuration import command_settings
from local.failure import CannotRun
from local.ports import LOOPBACK
from settings import Settings
from workflows.loading import ask_for_reference_data
from workflows.messages import LoadEnd
from workflows.payloads import DATA_CONVERTER


def load_instruments(seconds: float) -> str:
    """What has been loaded. Raises `CannotRun` when nothing is after `seconds`; the load itself then goes on."""
    return asyncio.run(_load(command_settings(), seconds))


async def _load(settings: Settings, seconds: float) -> str:
    client = await _temporal(settings)
    try:
        handle = await ask_for_reference_data(client, None)
    except RPCError as problem:
        raise CannotRun(f"Temporal does not answer; nothing was asked for: {problem.message}") from problem
    try:
        loaded = await asyncio.wait_for(handle.result(), seconds)
    except TimeoutError:
        raise CannotRun(
            f"nothing was loaded within {seconds:g} s; {handle.id} in Temporal goes on and shows why"
        ) from None
    if loaded.end is not LoadEnd.LOADED:
        raise CannotRun(loaded.summary())
    return loaded.summary()


async def _temporal(settings: Settings) -> Client:
    address = settings.temporal_address or f"{LOOPBACK}:{settings.temporal_port}"
    try:
        return await Client.connect(address, namespace=settings.temporal_namespace, data_converter=DATA_CONVERTER)
    except RuntimeError as problem:  # what the SDK raises for a server that does not answer
        raise CannotRun(f"Temporal does not answer at {address}; is the stack running?") from problem
