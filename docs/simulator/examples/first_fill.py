"""Buy 100 VIC with SSI's Python client and hear the fill: `python first_fill.py ACCOUNT PIN`, beside fc_config.py."""

# ruff: noqa: INP001, S311, T201 - a program to copy, outside of any package; nothing secret is drawn
import json
import os
import queue
import random
import sys

import fc_config
from ssi_fctrading import FCTradingClient, FCTradingStream
from ssi_fctrading.models import fcmodel_requests


def main(account: str, pin: str) -> None:
    client = FCTradingClient(
        fc_config.Url, fc_config.ConsumerID, fc_config.ConsumerSecret, fc_config.PrivateKey, fc_config.TwoFAType
    )
    client.verifyCode(pin)

    heard: queue.Queue[str] = queue.Queue()
    opened: queue.Queue[None] = queue.Queue()
    FCTradingStream(
        client,
        fc_config.StreamURL,
        heard.put,
        print,
        fc_config.NotifyId,
        on_open=lambda: opened.put(None),
    ).start()
    opened.get(timeout=10)

    request_id = str(random.randint(0, 99_999_999))
    order = fcmodel_requests.NewOrder(account, request_id, "VIC", "VN", "B", "LO", 86_500, 100)
    print(client.new_order(order)["message"], request_id)
    while True:
        event = json.loads(heard.get(timeout=30))
        data = event["data"]
        print(event["type"], data.get("orderStatus", ""), data.get("matchPrice", ""), data.get("message", ""))
        if data.get("orderStatus") == "FF" or event["type"] == "orderError":
            return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
    sys.stdout.flush()
    os._exit(0)  # SSI's stream cannot be ended: its thread would keep the program alive
