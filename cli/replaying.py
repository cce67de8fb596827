"""`python -m cli.replaying ADDRESS NAMESPACE ORDERS SECONDS`: replay open orders, answer in JSON, and end."""

import asyncio
import json
import sys
from dataclasses import asdict

from temporalio.client import Client
from temporalio.runtime import Runtime, TelemetryConfig

from ending import leave
from workflows.histories import Replayed
from workflows.payloads import DATA_CONVERTER
from workflows.replay import replay_open_orders


async def _replay(address: str, namespace: str, orders: int, seconds: float) -> Replayed:
    client = await Client.connect(address, namespace=namespace, data_converter=DATA_CONVERTER)
    return await replay_open_orders(client, orders, seconds)


def main() -> None:
    address, namespace, orders, seconds = sys.argv[1:]
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=None)))  # it would log to our standard output
    replayed = asyncio.run(_replay(address, namespace, int(orders), float(seconds)))
    print(json.dumps(asdict(replayed)))
    leave(0)


if __name__ == "__main__":
    main()
