"""The soak: never on anybody's real systems, and the same orders and mishaps for the same seed."""

from pathlib import Path

import pytest

from bench.soak.mishaps import mishaps
from bench.soak.schedule import wishes
from cli import soaking
from local.failure import CannotRun


def test_an_env_file_with_real_systems_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("SSI_API_KEY=a key\nDATABASE_URL=postgresql://somewhere/else\nLOG_LEVEL=debug\nREDIS_URL=\n")
    monkeypatch.setattr(soaking, "ENV_FILE", file)
    with pytest.raises(CannotRun, match="sets DATABASE_URL, SSI_API_KEY: "):
        soaking.refuse_real_systems()


def test_without_an_env_file_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soaking, "ENV_FILE", tmp_path / "none")
    soaking.refuse_real_systems()


def test_a_seed_draws_the_same_soak_again_and_another_seed_another() -> None:
    first = list(wishes(1, 60)), list(mishaps(1, 60))
    assert first == (list(wishes(1, 60)), list(mishaps(1, 60)))
    assert first != (list(wishes(2, 60)), list(mishaps(2, 60)))
    assert len(first[0]) == 300
    assert first[1]
