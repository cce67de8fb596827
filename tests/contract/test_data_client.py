"""`ssi-fc-data` 2.2.2, unchanged, reads reference data from the simulator and hears its market stream."""

import json

import pytest

from tests.contract.listening import Mailbox
from tests.contract.ssi import MarketDataStream, data_client, hang_up, model
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.stack


def test_the_securities_of_a_market_are_listed(simulator: SimulatorProcess) -> None:
    client, config = data_client(simulator)
    answer = client.securities(config, model.securities("HNX", 1, 100))
    assert answer["status"] == "Success"
    assert answer["totalRecord"] == len(answer["data"])
    assert {"SHS", "PVS"} <= {row["Symbol"] for row in answer["data"]}
    assert {row["Market"] for row in answer["data"]} == {"HNX"}


def test_pages_together_list_at_least_thirty_securities_of_three_exchanges(simulator: SimulatorProcess) -> None:
    client, config = data_client(simulator)
    first = client.securities(config, model.securities("", 1, 20))
    pages = -(-first["totalRecord"] // 20)
    found = [
        row for page in range(1, pages + 1) for row in client.securities(config, model.securities("", page, 20))["data"]
    ]
    assert len({row["Symbol"] for row in found}) == first["totalRecord"] >= 30
    assert {row["Market"] for row in found} == {"HOSE", "HNX", "UPCOM"}


def test_todays_band_is_in_the_daily_prices_of_a_market(simulator: SimulatorProcess) -> None:
    client, config = data_client(simulator)
    with simulator.control as control:
        year, month, day = control.get("clock").json()["trading_date"].split("-")
    today = f"{day}/{month}/{year}"
    answer = client.daily_stock_price(config, model.daily_stock_price("", today, today, 1, 1000, "HOSE"))
    row = next(row for row in answer["data"] if row["Symbol"] == "VIC")
    assert (row["RefPrice"], row["CeilingPrice"], row["FloorPrice"]) == ("85500", "91400", "79600")
    assert row["TradingDate"] == today


def test_details_name_lot_and_kind(simulator: SimulatorProcess) -> None:
    client, config = data_client(simulator)
    answer = client.securities_details(config, model.securities_details("HOSE", "FPT", "1", "10"))
    details = answer["data"][0]["RepeatedInfo"][0]
    assert (details["Symbol"], details["LotSize"], details["SecType"]) == ("FPT", "100", "S")


def test_an_unknown_market_is_refused_in_the_data_hosts_words(simulator: SimulatorProcess) -> None:
    client, config = data_client(simulator)
    assert client.securities(config, model.securities("MARS")) == {"message": "Invalid market", "status": "400"}


def test_the_stream_shows_a_first_picture_and_then_each_change(simulator: SimulatorProcess) -> None:
    client, config = data_client(simulator)
    mailbox = Mailbox()
    stream = MarketDataStream(config, client)
    stream.start(mailbox.put_read, mailbox.errors.append, "X:VIC-FPT")
    first = mailbox.wait_for(lambda message: json.loads(message["Content"])["Symbol"] == "VIC")
    assert first["DataType"] == "X"
    content = json.loads(first["Content"])
    assert (content["RefPrice"], content["TradingSession"], content["Exchange"]) == (85_500.0, "LO", "HOSE")

    with simulator.control as control:
        control.put("participants/enabled", json={"enabled": True}).raise_for_status()
        mailbox.wait_for(
            lambda message: (
                json.loads(message["Content"])["Symbol"] == "VIC" and json.loads(message["Content"])["BidPrice1"] > 0
            )
        )
        control.put("participants/enabled", json={"enabled": False}).raise_for_status()
    assert {json.loads(message["Content"])["Symbol"] for message in mailbox.messages} == {"VIC", "FPT"}
    hang_up(stream)


def test_the_session_of_a_security_is_on_channel_f(simulator: SimulatorProcess) -> None:
    client, config = data_client(simulator)
    mailbox = Mailbox()
    stream = MarketDataStream(config, client)
    stream.start(mailbox.put_read, mailbox.errors.append, "F:ALL")
    status = mailbox.wait_for(lambda message: json.loads(message["Content"])["Symbol"] == "SHS")
    assert json.loads(status["Content"])["TradingSession"] == "LO"
    hang_up(stream)
