"""Free ports out of a range that one worker of a parallel run has for itself: no other worker takes them meanwhile."""

import os
import random
from itertools import islice

from local.ports import can_bind

_FIRST, _EACH = 20_000, 1_000  # below Linux's ephemeral range, which outgoing connections take their ports from


def free_ports(count: int) -> list[str]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    own = range(_FIRST + worker * _EACH, _FIRST + (worker + 1) * _EACH)
    shuffled = random.sample(own, len(own))
    return [str(port) for port in islice((port for port in shuffled if can_bind(port)), count)]
