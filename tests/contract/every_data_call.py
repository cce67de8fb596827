"""A program that makes every call of `ssi-fc-data` 2.2.2 and listens to a stream; one JSON line per answer.

Run in a folder with SSI's `config.py`: `python every_data_call.py SYMBOL DD/MM/YYYY`.
"""

import json
import os
import queue
import sys
from typing import Any

import config  # type: ignore[import-not-found] # written beside this program, as SSI's README tells
from ssi_fc_data import model  # type: ignore[import-untyped] # SSI ships no types
from ssi_fc_data.fc_md_client import MarketDataClient  # type: ignore[import-untyped] # SSI ships no types
from ssi_fc_data.fc_md_stream import MarketDataStream  # type: ignore[import-untyped] # SSI ships no types


def say(name: str, answer: Any) -> None:
    sys.stdout.write(json.dumps({"call": name, "answer": answer}) + "\n")
    sys.stdout.flush()


def main(symbol: str, day: str) -> None:
    client = MarketDataClient(config)
    days = (day, day, 1, 1000)
    say("access_token", client.access_token(model.accessToken(config.consumerID, config.consumerSecret)))
    say("securities", client.securities(config, model.securities("HOSE", 1, 100)))
    say("securities_details", client.securities_details(config, model.securities_details("HOSE", symbol, 1, 100)))
    say("index_list", client.index_list(config, model.index_list("HOSE", 1, 100)))
    say("index_components", client.index_components(config, model.index_components("VNINDEX", 1, 100)))
    say("daily_ohlc", client.daily_ohlc(config, model.daily_ohlc(symbol, *days, True)))  # noqa: FBT003 - SSI's model
    say("intraday_ohlc", client.intraday_ohlc(config, model.intraday_ohlc(symbol, *days, True, 1)))  # noqa: FBT003 - SSI's model
    say("daily_index", client.daily_index(config, model.daily_index("1", "VNINDEX", *days, "", "")))
    say("daily_stock_price", client.daily_stock_price(config, model.daily_stock_price(symbol, *days, "hose")))
    say("backtest", client.backtest(config, model.backtest(day, symbol)))
    listen(client, symbol)


def listen(client: MarketDataClient, symbol: str) -> None:
    """One message of each channel, chosen one after the other on one stream."""
    heard: queue.Queue[Any] = queue.Queue()
    stream = MarketDataStream(config, client)
    stream.start(heard.put, heard.put, f"X:{symbol}")
    say("stream X", heard.get(timeout=10))
    for channel in ("F", "X-QUOTE", "X-TRADE", "R", "B", "OL", "MI"):
        stream.swith_channel(f"{channel}:{'VNINDEX' if channel == 'MI' else symbol}")
        message = heard.get(timeout=10)
        while message["DataType"] != channel:
            message = heard.get(timeout=10)
        say(f"stream {channel}", message)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
    # SSI's stream has no way to end: its thread would keep the process alive.
    os._exit(0)
