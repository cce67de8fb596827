"""`oms otp` without a stack; what it does with one stands in tests/end_to_end/test_one_time_codes.py."""

from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.one_time_code import _state
from local.failure import CannotRun
from workflows.access_state import AccessFound, AccessState, AccessView, CodeTask

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.mark.parametrize("arguments", [(), ("--request",)])
def test_without_a_stack_it_says_so_before_it_asks_for_a_code(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with pytest.raises(CannotRun, match=r"Temporal at 127\.0\.0\.1:1 does not answer; is the stack running"):
        CliRunner().invoke(app, ["otp", *arguments], catch_exceptions=False)


def test_it_tells_by_when_a_code_is_needed_in_the_desks_time() -> None:
    found = AccessFound(AccessState.CODE_NEEDED, True, NOW, NOW, "the trading token ends soon", NOW, 5)  # noqa: FBT003 - as stored
    view = AccessView("ssi", found, CodeTask(NOW + timedelta(hours=1)))
    assert _state(view) == (
        "ssi: a one-time code is needed by 2026-11-23 09:00:00 (Vietnam): the trading token ends soon"
    )
