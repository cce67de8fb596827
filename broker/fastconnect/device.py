"""`deviceId`: one plain MAC address, the only form that SSI's specification and its checks are known to agree on."""

import re
import uuid

_MAC = re.compile(r"[0-9A-Fa-f]{12}|(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}")


class WrongDeviceId(ValueError):  # noqa: N818 - a person reads the name in a traceback
    """The configured device id is no MAC address."""


def device_id(configured: str, *, must_be_mac: bool) -> str:
    """The id to send (SSI-U8). Raises `WrongDeviceId`."""
    if not must_be_mac or _MAC.fullmatch(configured):
        return configured
    if configured:
        raise WrongDeviceId(
            f"the device id is {configured!r}: allowed is one MAC address, 0A-1B-2C-3D-4E-5F or 0A:1B:2C:3D:4E:5F or"
            " 0A1B2C3D4E5F, or nothing for this machine's"
        )
    return "-".join(f"{octet:02X}" for octet in uuid.getnode().to_bytes(6))
