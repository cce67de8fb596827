"""`python -m bench.simulator_process PORT FOLDER`: a simulator alone, as `oms simulator`, until its input is closed.

It reads no `.env` file, and ends with whoever started it, however that ends.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from ending import leave
from simulator.serving import DEFAULT_SEED, Place, serve

READY = "answering"


def main() -> int:
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    place = Place(int(sys.argv[1]), Path(sys.argv[2]))
    return serve(place, DEFAULT_SEED, lambda *_: print(READY, flush=True))


def _end_with_the_parent() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    leave(main())
