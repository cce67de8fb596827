"""What goes wrong in a soak and when, drawn from one seed: kills of processes, and all faults of the simulator."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from simulator.fault_kinds import FAULTS, Counts, FaultKind

EVERYTHING = "everything"

EXCLUDED: Mapping[FaultKind, str] = {}
"""Faults that a soak never draws, each with its reason; `tests/end_to_end/` proves what they lead to."""

_KILLS = {"worker": 10, "api": 6, "simulator": 6, "postgres": 4, "temporal": 4, EVERYTHING: 1}
_KILLED = 0.3
_PAUSE_SECONDS = (1.0, 6.0)
_PATHS = ("NewOrder", "NewOrder", "CancelOrder", "ModifyOrder", "auditOrderBook", "AccessToken", "")
_ONLY_PATH = {
    FaultKind.LOST_CANCEL_ANSWER: "CancelOrder",
    FaultKind.BOOK_PAGE_FAILS: "auditOrderBook",
    FaultKind.FILL_BEFORE_ACK: "NewOrder",
}
_MOST_TIMES = 4
_CHANCES = (1.0, 1.0, 0.5, 0.2)

# Longest value of each fault: milliseconds that outlive a client's patience now and then, codes, shares.
_LONGEST = {
    FaultKind.REPLY_DELAY_MS: 8_000,
    FaultKind.HANG_BEFORE_TAKING: 8_000,
    FaultKind.HANG_AFTER_TAKING: 8_000,
    FaultKind.REFUSE_CONNECTIONS: 3_000,
    FaultKind.TOO_MANY_REQUESTS: 2,
    FaultKind.STREAM_SILENCE: 4_000,
    FaultKind.STREAM_LAG_MS: 3_000,
    FaultKind.MESSAGES_REORDERED: 1_000,
    FaultKind.FILL_BEFORE_ACK: 1_000,
    FaultKind.LATE_FILL_AFTER_CANCEL: 5_000,
    FaultKind.FILL_AFTER_REJECT: 5_000,
    FaultKind.FILL_AFTER_EXPIRY: 5_000,
    FaultKind.BUST: 5_000,
    FaultKind.CORRECTION: 5_000,
    FaultKind.BOOK_MISSES_ORDER: 5_000,
    FaultKind.CLOCK_SKEW: 60_000,
}
_SERVER_ERRORS = (500, 502, 503, 504)
_OVERFILLS = (100, 200)


@dataclass(frozen=True, slots=True)
class Kill:
    at: float
    victim: str


@dataclass(frozen=True, slots=True)
class Arming:
    """A fault as the simulator's control interface takes it."""

    at: float
    kind: FaultKind
    path: str
    times: int
    value: int
    probability: float

    @property
    def body(self) -> dict[str, object]:
        return {
            "kind": self.kind.value,
            "path": self.path,
            "times": self.times,
            "value": self.value,
            "probability": self.probability,
        }


Mishap = Kill | Arming


def mishaps(seed: int, seconds: float) -> Iterator[Mishap]:
    """Mishaps at random times; a few seconds lie between two of them, so that some meet a half-recovered stack."""
    random = Random(f"mishaps {seed}")
    drawable = [row for row in FAULTS if row.kind not in EXCLUDED]
    waiting: list[FaultKind] = []
    at = random.uniform(*_PAUSE_SECONDS)
    while at < seconds:
        if random.random() < _KILLED:
            yield Kill(at, random.choices(list(_KILLS), list(_KILLS.values()))[0])
        else:
            # Every fault has its turn before any comes again.
            waiting = waiting or random.sample([row.kind for row in drawable], len(drawable))
            yield _arming(random, at, waiting.pop())
        at += random.uniform(*_PAUSE_SECONDS)


def _arming(random: Random, at: float, kind: FaultKind) -> Arming:
    counts_calls = any(row.kind is kind and row.counts is Counts.CALLS for row in FAULTS)
    path = _ONLY_PATH.get(kind, random.choice(_PATHS) if counts_calls else "")
    return Arming(at, kind, path, random.randint(1, _MOST_TIMES), _value(random, kind), random.choice(_CHANCES))


def _value(random: Random, kind: FaultKind) -> int:
    match kind:
        case FaultKind.SERVER_ERROR_BEFORE_TAKING | FaultKind.SERVER_ERROR_AFTER_TAKING:
            return random.choice(_SERVER_ERRORS)
        case FaultKind.OVERFILL:
            return random.choice(_OVERFILLS)
        case FaultKind.CLOCK_SKEW:
            return random.randint(-_LONGEST[kind], _LONGEST[kind])
        case _:
            return random.randint(1, _LONGEST[kind]) if kind in _LONGEST else 0
