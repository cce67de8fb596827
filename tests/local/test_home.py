"""One stack per home; what the home made for itself stays and is ours alone."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from local.failure import CannotRun
from local.home import Home, find_holder, lock_home, open_home, postgres_port, secret_key
from local.ports import can_bind
from settings import PROJECT_FOLDER

LOCK_AND_WAIT = """
import sys
from pathlib import Path
from local.home import lock_home, open_home
lock = lock_home(open_home(Path(sys.argv[1])))
lock.announce({"PORT": 8001})
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return open_home(tmp_path / "a home")


def lock_elsewhere(home: Home) -> subprocess.Popen[str]:
    process = subprocess.Popen(  # noqa: S603 our own words
        [sys.executable, "-c", LOCK_AND_WAIT, str(home.folder)],
        cwd=PROJECT_FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "locked\n"
    return process


def test_a_second_stack_is_refused_and_told_who_holds_the_home(home: Home) -> None:
    with lock_elsewhere(home) as other:
        with pytest.raises(CannotRun) as caught:
            lock_home(home)
        other.communicate()
    assert f"is in use by process {other.pid} since " in str(caught.value)
    assert "(PORT=8001)" in str(caught.value)


def test_the_lock_of_a_killed_holder_is_free(home: Home) -> None:
    with lock_elsewhere(home) as other:
        other.kill()
    assert find_holder(home) is None
    lock_home(home).release()


def test_a_released_lock_can_be_taken_again(home: Home) -> None:
    lock = lock_home(home)
    lock.announce({})
    holder = find_holder(home)
    assert holder is not None
    assert holder.pid == os.getpid()
    lock.release()
    assert find_holder(home) is None


def test_asking_for_the_holder_does_not_wipe_its_name(home: Home) -> None:
    lock = lock_home(home)
    lock.announce({})
    assert find_holder(home) == find_holder(home) != None  # noqa: E711 reads as one sentence
    lock.release()


def test_a_home_that_cannot_be_made_names_the_variable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotRun, match=r"OMS_HOME=.*file/home cannot be used"):
        open_home(tmp_path / "file" / "home")


def test_the_secret_key_is_made_once_and_readable_for_us_alone(home: Home) -> None:
    key = secret_key(home)
    assert len(key.encode()) >= 32
    assert secret_key(home) == key
    assert stat.S_IMODE(home.secret_key.stat().st_mode) == 0o600


def test_the_postgres_port_is_remembered(home: Home) -> None:
    port = postgres_port(home, None)
    assert can_bind(port)
    assert postgres_port(home, None) == port
    assert postgres_port(home, 5433) == 5433
