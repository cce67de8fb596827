"""Messages of the market stream as SSI writes them, to be changed field by field."""

import json


def data_message(channel: str, content: dict[str, object], *, inline: bool = False) -> str:
    return json.dumps({"DataType": channel, "Content": content if inline else json.dumps(content)})


def session_content(**changes: object) -> dict[str, object]:
    return {
        "RType": "F",
        "MarketId": "HOSE",
        "TradingDate": "23/11/2026",
        "Time": "10:15:00",
        "Symbol": "FPT",
        "TradingSession": "LO",
        "TradingStatus": "N",
        "Exchange": "HOSE",
        **changes,
    }


def snapshot_content(**changes: object) -> dict[str, object]:
    depth = {
        f"{side}{what}{level}": 0.0 for side in ("Bid", "Ask") for what in ("Price", "Vol") for level in range(1, 11)
    }
    return {
        "RType": "X",
        "TradingDate": "23/11/2026",
        "Time": "10:15:00",
        "Isin": "VN000000FPT1",
        "Symbol": "FPT",
        "Ceiling": 105_300.0,
        "Floor": 91_700.0,
        "RefPrice": 98_500.0,
        "Open": 98_600.0,
        "High": 99_000.0,
        "Low": 98_400.0,
        "Close": 98_700.0,
        "AvgPrice": "NaN",
        "PriorVal": 98_500.0,
        "LastPrice": 98_700.0,
        "LastVol": 300.0,
        "TotalVal": 2_961_000_000.0,
        "TotalVol": 30_000.0,
        **depth,
        "BidPrice1": 98_700.0,
        "BidVol1": 1_200.0,
        "AskPrice1": 98_800.0,
        "AskVol1": 500.0,
        "AskPrice2": 98_900.0,
        "AskVol2": 100.0,
        "MarketId": "HOSE",
        "Exchange": "HOSE",
        "TradingSession": "LO",
        "TradingStatus": "N",
        "Side": None,
        **changes,
    }
