"""The embedded PostgreSQL and Temporal against the real programs: up, killed, back, in a path with spaces."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import psycopg
import pytest

from local.failure import CannotRun
from local.ports import can_bind, free_port, free_ports
from local.postgres import prepare_folder, start_server, temporary_postgres, wheel_programs
from local.postgres_account import with_system_account
from local.process import is_running
from local.temporal_program import SilentReport, provide_program
from local.temporal_server import TemporalServer, temporary_temporal
from local.temporal_server import start_server as start_temporal
from local.waiting import StopFlag

pytestmark = pytest.mark.stack


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return connection.execute(statement.encode()).fetchall()


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(statement.encode())


def test_a_killed_postgres_comes_back_with_what_was_committed(tmp_path: Path) -> None:
    folder = prepare_folder(tmp_path / "with a space")
    port = free_port()
    first = start_server(folder, port, tmp_path / "postgres.log")
    folder.create_database(port)
    execute(folder.url(port), "CREATE TABLE fills (shares integer)")
    execute(folder.url(port), "INSERT INTO fills VALUES (100)")
    os.kill(first.identity.pid, signal.SIGKILL)
    first.stop()
    second = start_server(folder, port, tmp_path / "postgres.log")
    try:
        assert rows(folder.url(port), "SELECT shares FROM fills") == [(100,)]
    finally:
        second.stop()


def test_a_pid_file_that_names_somebody_elses_process_does_not_stop_postgres(tmp_path: Path) -> None:
    folder = prepare_folder(tmp_path / "postgres")
    port = free_port()
    (folder.data / "postmaster.pid").write_text(f"{os.getpid()}\n{folder.data}\n")
    start_server(folder, port, tmp_path / "postgres.log").stop()


def test_postgres_on_a_taken_port_leaves_nothing_running(tmp_path: Path) -> None:
    folder = prepare_folder(tmp_path / "postgres")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with pytest.raises(CannotRun, match="postgres ended at once"):
            start_server(folder, listener.getsockname()[1], tmp_path / "postgres.log")
    assert not (folder.data / "postmaster.pid").exists()


def test_a_wrong_password_is_refused(tmp_path: Path) -> None:
    with temporary_postgres(tmp_path / "postgres") as url, pytest.raises(psycopg.OperationalError):
        rows(url.replace("oms:", "oms:wrong", 1), "SELECT 1")


def test_a_lost_password_is_told_instead_of_making_a_new_database(tmp_path: Path) -> None:
    prepare_folder(tmp_path)
    (tmp_path / "password").unlink()
    with pytest.raises(CannotRun, match="password is missing beside its database"):
        prepare_folder(tmp_path)


def test_where_namespaces_are_forbidden_root_runs_postgres_as_a_system_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        assert prepare_folder(tmp_path / "postgres").run_as.account is None
        return
    outside = Path("/var/lib") / f"order-management-test-{os.getpid()}"
    monkeypatch.setattr("local.postgres_account.namespaces_work", lambda: False)
    monkeypatch.setattr("local.postgres_account.OUTSIDE_PARENT", outside)
    folder = tmp_path / "postgres"
    folder.mkdir(mode=0o700)
    try:
        run_as = with_system_account(folder, wheel_programs())
        assert run_as.account is not None
        with temporary_postgres(folder) as url:
            assert rows(url, "SELECT 1") == [(1,)]
        assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(outside)


def test_temporal_has_its_namespace_retention_and_search_attributes(tmp_path: Path) -> None:
    program = provide_program(SilentReport(), StopFlag()).path
    with temporary_temporal(tmp_path / "with a space", ("Account", "OrderStatus")) as address:
        said = ask(program, address, "namespace", "describe") + ask(program, address, "search-attribute", "list")
    assert "2160h0m0s" in said
    assert "OrderStatus" in said


def test_a_killed_temporal_comes_back_on_the_same_file_with_attributes_added_later(tmp_path: Path) -> None:
    program = provide_program(SilentReport(), StopFlag())
    port, ui_port = free_ports(2)
    database = tmp_path / "temporal.db"
    server = TemporalServer(program, database, port, ui_port, ("Account",))
    first = start_temporal(server, tmp_path / "temporal.log")
    os.kill(first.identity.pid, signal.SIGKILL)
    first.stop()
    later = TemporalServer(program, database, port, ui_port, ("Account", "Symbol"))
    second = start_temporal(later, tmp_path / "temporal.log")
    try:
        listed = ask(program.path, later.address, "search-attribute", "list")
    finally:
        second.stop()
    assert "Account" in listed
    assert "Symbol" in listed
    assert not is_running(second.identity)
    assert can_bind(port)


def ask(program: Path, address: str, *words: str) -> str:
    command = [str(program), "operator", *words, "--namespace", "oms", "--address", address]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 our own words
