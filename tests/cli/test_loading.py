"""`oms load-instruments` where it cannot do its work; what it does on a stack is tested there."""

import pytest
from typer.testing import CliRunner

from cli.main import app
from local.failure import CannotRun


def test_a_stack_that_does_not_run_is_one_clear_complaint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with pytest.raises(CannotRun, match=r"Temporal does not answer at 127\.0\.0\.1:1; is the stack running"):
        CliRunner().invoke(app, ["load-instruments"], catch_exceptions=False)


def test_a_wait_of_no_time_is_refused() -> None:
    result = CliRunner().invoke(app, ["load-instruments", "--wait", "0"])
    assert result.exit_code == 2
    assert "--wait" in result.output
