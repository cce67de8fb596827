"""List HNX and hear the market with SSI's Python data client: `python first_quotes.py`, beside config.py."""

# ruff: noqa: INP001, T201 - a program to copy, outside of any package
import json
import os
import queue
import sys

import config
from ssi_fc_data import model
from ssi_fc_data.fc_md_client import MarketDataClient
from ssi_fc_data.fc_md_stream import MarketDataStream


def main(channel: str) -> None:
    client = MarketDataClient(config)
    listed = client.securities(config, model.securities("HNX", 1, 100))
    print(*(row["Symbol"] for row in listed["data"]))

    heard: queue.Queue[dict[str, str]] = queue.Queue()
    MarketDataStream(config, client).start(heard.put, print, channel)
    for _ in range(10):
        content = json.loads(heard.get(timeout=30)["Content"])
        print(content["Symbol"], content["LastPrice"], content["BidPrice1"], content["AskPrice1"])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "X:VIC-FPT")
    sys.stdout.flush()
    os._exit(0)  # SSI's stream cannot be ended: its thread would keep the program alive
