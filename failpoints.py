"""Named points in the code at which a test can really kill a process; inert unless `OMS_FAILPOINTS` is set.

`OMS_FAILPOINTS` names a folder. A file in it with a point's name arms the point once: the process that passes there
removes the file and kills itself, or the process whose id stands in the file, with SIGKILL.
"""

import os
import signal
from pathlib import Path
from typing import Final

FOLDER: Final = Path(folder) if (folder := os.environ.get("OMS_FAILPOINTS")) else None


def failpoint(name: str) -> None:
    """Die here if a test asked for it; one look at a constant otherwise."""
    if FOLDER is not None:
        _die_if_armed(FOLDER / name)


def _die_if_armed(armed: Path) -> None:
    try:
        victim = armed.read_text().strip()
        armed.unlink()
    except FileNotFoundError:
        return
    os.kill(int(victim) if victim else os.getpid(), signal.SIGKILL)
