"""The channels a data client listens to: `X:FPT-VIC`, `F:ALL`, `ALL`; a new choice replaces the old one."""

from collections.abc import Iterable
from dataclasses import dataclass

ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Channels:
    """Symbols by channel; `everything` when the channel is asked for all of them."""

    symbols: frozenset[tuple[str, str]] = frozenset()
    everything: frozenset[str] = frozenset()

    def has(self, channel: str, symbol: str) -> bool:
        return channel in self.everything or (channel, symbol) in self.symbols


def parse_channels(text: str, known: Iterable[str]) -> Channels:
    """Read SSI's channel string, in any case and with blanks; `ALL` means the `known` channels, others stay silent."""
    symbols: set[tuple[str, str]] = set()
    everything: set[str] = set()
    for part in text.upper().replace(" ", "").split(","):
        channel, _, names = part.partition(":")
        if channel == ALL:
            everything.update(known)
        elif names == ALL:
            everything.add(channel)
        else:
            symbols.update((channel, name) for name in names.split("-") if name)
    return Channels(frozenset(symbols), frozenset(everything))
