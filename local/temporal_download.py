"""Lets the Temporal SDK download its dev server into a folder: `python -m local.temporal_download FOLDER`.

A process of its own, because the SDK offers the download only together with a started server and a client.
"""

import asyncio
import sys

from temporalio.testing import WorkflowEnvironment

from ending import leave


async def download(folder: str) -> None:
    environment = await WorkflowEnvironment.start_local(download_dest_dir=folder)
    await environment.shutdown()


if __name__ == "__main__":
    try:
        asyncio.run(download(sys.argv[1]))
    except RuntimeError as error:
        print(error, file=sys.stderr)  # noqa: T201 the caller reads the last line as the reason
        leave(1)
    leave(0)
