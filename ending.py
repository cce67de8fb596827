"""How every process of the house ends.

A process that held a Temporal client can abort while the interpreter shuts down (temporalio/sdk-python issue 300),
which turns finished work into exit code 134 or 139; so it flushes and leaves without that shutdown.
"""

import logging
import os
import sys
from typing import NoReturn


def leave(code: int) -> NoReturn:
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
