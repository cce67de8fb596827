"""The stack without a terminal: `start -d` and `stop`."""

import os
import signal
import subprocess
import sys

from cli.configuration import command_home, progress
from local.home import Holder, Home, find_holder, lock_home
from local.orphans import end_orphans
from local.waiting import wait_until

STOP_SECONDS = 20.0


def start_in_background() -> int:
    """Start a supervisor in a session of its own; returns once everything is up, or with its exit code."""
    ready_read, ready_write = os.pipe()
    command = [sys.executable, "-m", "cli.main", "start", "--ready-fd", str(ready_write)]
    supervisor = subprocess.Popen(  # noqa: S603 an argument list of ours, no shell
        command, pass_fds=(ready_write,), stdin=subprocess.DEVNULL, start_new_session=True
    )
    os.close(ready_write)
    try:
        if os.read(ready_read, 1):
            return 0
    except KeyboardInterrupt:
        supervisor.terminate()
    return supervisor.wait()


def stop_stack() -> None:
    """End the supervisor and with it everything, or the orphans it left behind."""
    home = command_home()
    shown = progress()
    holder = find_holder(home)
    if holder is not None:
        with shown.step("Stopping") as step:
            _end(home, holder)
            step.detail = f"process {holder.pid} and all it ran"
    lock = lock_home(home)
    orphans = end_orphans(home.processes)
    home.state.unlink(missing_ok=True)
    lock.release()
    if orphans:
        shown.say(f"ended {', '.join(orphans)}: left over from a supervisor that was killed")
    if holder is None and not orphans:
        shown.say(f"nothing runs in OMS_HOME={home.folder}")


def _end(home: Home, holder: Holder) -> None:
    def is_gone() -> bool:
        return find_holder(home) is None

    # The lock proves that the holder lives; its pid cannot have gone to another process.
    os.kill(holder.pid, signal.SIGTERM)
    if not wait_until(is_gone, STOP_SECONDS):
        os.kill(holder.pid, signal.SIGKILL)
        wait_until(is_gone, STOP_SECONDS)
