"""`dev` and `logs -f` see what changes and what is written."""

import os
from pathlib import Path

from cli.reloading import LogFollower, SourceWatch
from local.waiting import wait_until


def test_a_changed_source_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "orders").mkdir()
    seen: list[str] = []

    def sees_the_change() -> bool:
        (tmp_path / "orders" / "order.py").write_text(f"number = {len(seen)}")
        seen.extend(watch.changed_files())
        return bool(seen)

    with SourceWatch(tmp_path) as watch:
        assert wait_until(sees_the_change, 20)
    assert set(seen) == {"orders/order.py"}


def test_only_whole_new_lines_are_forwarded(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    log.write_text("old\n")
    shown: list[str] = []
    follower = LogFollower([log], shown.append)
    with log.open("a") as writer:
        writer.write("first\nhal")
        writer.flush()
        follower.forward()
        assert shown == ["worker     | first"]
        writer.write("f\n")
        writer.flush()
        follower.forward()
    assert shown == ["worker     | first", "worker     | half"]


def test_a_log_that_was_emptied_is_read_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("a long old line\n")
    shown: list[str] = []
    follower = LogFollower([log], shown.append, prefix=False)
    os.truncate(log, 0)
    log.write_text("new\n")
    follower.forward()
    assert shown == ["new"]


def test_a_log_that_does_not_exist_yet_is_followed_from_its_first_line(tmp_path: Path) -> None:
    shown: list[str] = []
    follower = LogFollower([tmp_path / "api.log"], shown.append, prefix=False)
    (tmp_path / "api.log").write_text("up\n")
    follower.forward()
    assert shown == ["up"]
