"""Frames of classic SignalR as SSI's hubs send them: which raw messages one carries."""

import json

from broker.fastconnect.wire_values import NotJson, read_json, storable

TRADING_HUB = "BroadcastHubV2"
DATA_HUB = "FcMarketDataV2Hub"


def messages_in(frame: str, hub: str = TRADING_HUB) -> tuple[str, ...] | None:
    """The messages of one frame: none for a keep-alive or init frame, None when the hub ends the connection.

    What has no known form is handed on as it is, so that it is kept and alarmed rather than dropped.
    """
    try:
        content = read_json(frame)
    except NotJson:
        return (storable(frame),)
    if not isinstance(content, dict):
        return (storable(frame),)
    if content.get("D") or content.get("T"):  # disconnect, or reconnect wanted: we come back with NotifyID
        return None
    errors = (storable(str(content["E"])),) if content.get("E") else ()
    entries = content.get("M")
    if not isinstance(entries, list):
        return errors
    return (*errors, *(text for entry in entries for text in _arguments(entry, hub)))


def invocation(hub: str, method: str, argument: str, number: int) -> str:
    """A frame that calls a method of the hub; SSI's Python client counts its calls from 0."""
    return json.dumps({"H": hub, "M": method, "A": [argument], "I": number})


def _arguments(entry: object, hub: str) -> tuple[str, ...]:
    """The arguments of a `Broadcast` or `Error` call; a call of another kind as its own JSON text."""
    if isinstance(entry, dict) and str(entry.get("H", "")).lower() == hub.lower():
        arguments = entry.get("A")
        if entry.get("M") in ("Broadcast", "Error") and isinstance(arguments, list):
            return tuple(_text(argument) for argument in arguments)
    return (_text(entry),)


def _text(value: object) -> str:
    """Never empty: an empty text stands for a frame without a message."""
    if isinstance(value, str) and value:
        return storable(value)
    return storable(json.dumps(value, default=str, sort_keys=True))
