"""The listening port of a running server, which a fault can close for a while."""

import asyncio
from collections.abc import Callable

import uvicorn


class ServerDoor:
    """`server` must run on the event loop that `close_for` is called on."""

    def __init__(self) -> None:
        self.server: uvicorn.Server | None = None
        self._closing: set[asyncio.Task[None]] = set()

    def close_for(self, seconds: float) -> None:
        """Break every connection and refuse new ones for a while."""
        if self.server is not None:
            task = asyncio.get_running_loop().create_task(_close_for(self.server, seconds))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


async def _close_for(server: uvicorn.Server, seconds: float) -> None:
    for listening in server.servers:
        listening.close()
    for connection in list(server.server_state.connections):
        if connection.transport is not None:
            connection.transport.abort()
    await asyncio.sleep(seconds)
    if not server.should_exit:
        server.servers = [await _listen(server)]


async def _listen(server: uvicorn.Server) -> asyncio.Server:
    """Listen again as uvicorn's own start does."""
    config = server.config
    protocol: Callable[..., asyncio.Protocol] = config.http_protocol_class
    return await asyncio.get_running_loop().create_server(
        lambda: protocol(config=config, server_state=server.server_state, app_state=server.lifespan.state),
        host=config.host,
        port=config.port,
        backlog=config.backlog,
    )
