"""Histories of real orders lead to the same commands with the workflow code of today, or an open order would stand
still after a deployment.

After a change that breaks them on purpose they are recorded anew with `oms record-histories`; it may go out only while
no order is open.
"""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import workflows.order
from activities.signatures import BrokerActivities, OrderActivities
from cli.lives import LIVES, SECOND_RUN, STILL_OPEN
from tests.replay.recorded import activities, attributes, histories, names, result, text_of
from workflows.replay import replay

ENDS = {
    "denied": ("denied", 0),
    "filled_at_once": ("filled", 1_000),
    "filled_in_parts": ("filled", 1_000),
    "cancelled": ("canceled", 0),
    "cancelled_after_a_part_fill": ("canceled", 300),
    "cancel_sent_again": ("canceled", 0),
    "late_fill_after_the_cancel": ("canceled", 300),
    "unknown_then_found": ("filled", 1_000),
    "not_sent_then_sent_again": ("filled", 1_000),
    "worker_restarted": ("canceled", 0),
    "rejected_by_the_broker": ("rejected", 0),
    "amended": ("canceled", 0),
    "amended_while_held": ("canceled", 0),
    "amendment_looked_up": ("canceled", 0),
    "cancel_refused": ("filled", 1_000),
    "held_then_filled": ("filled", 1_000),
    "cancelled_while_held": ("canceled", 0),
    "expired_at_the_close": ("expired", 0),
    "never_received": ("canceled", 0),
}
REPEAT = '"""A cancel without an answer: look first, then send it again (LC-43)."""\n        '
SOURCE = Path(workflows.order.__file__).read_text()


def test_every_class_of_life_has_a_history_and_no_history_is_left_over() -> None:
    assert names() == sorted(life.__name__ for life in LIVES)
    assert set(ENDS) | STILL_OPEN == set(names())


@pytest.mark.parametrize("name", names())
def test_a_history_is_of_the_life_that_it_is_named_after(name: str) -> None:
    end = result(name)
    if name in STILL_OPEN:
        assert end is None
        return
    assert end is not None
    assert (end["status"], end["filled"]) == ENDS[name]


@pytest.mark.parametrize("name", names())
def test_a_history_is_of_the_first_run_unless_its_life_is_about_the_second(name: str) -> None:
    assert ("accept" in activities(name)) == (name not in SECOND_RUN)


def test_the_histories_together_run_every_activity_of_an_order() -> None:
    declared = OrderActivities.__abstractmethods__ | BrokerActivities.__abstractmethods__
    assert set.union(*(activities(name) for name in names())) == declared


@pytest.mark.parametrize("name", names())
def test_a_history_carries_the_flags_without_which_a_replay_is_blind(name: str) -> None:
    first = next(attributes(name, "WORKFLOW_TASK_COMPLETED"))
    assert 1 in first["sdkMetadata"]["coreUsedFlags"]


@pytest.mark.parametrize("name", names())
def test_a_history_names_nobodys_machine(name: str) -> None:
    assert '"identity": "recorded"' in text_of(name)
    assert text_of(name).count('"identity"') == text_of(name).count('"identity": "recorded"')


async def test_every_history_replays_with_the_code_of_today() -> None:
    replayed = await replay(histories(*names()))
    assert (replayed.count, replayed.failures) == (len(LIVES), ())


Changed = Callable[[str, str, str], ModuleType]


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Changed:
    """Makes a copy of the order's workflow with one place changed."""

    def change(module: str, old: str, new: str) -> ModuleType:
        assert old in SOURCE, f"the workflow has no {old!r} any more: change another place"
        file = tmp_path / f"{module}.py"
        file.write_text(SOURCE.replace(old, new, 1))
        monkeypatch.syspath_prepend(str(tmp_path))
        spec = importlib.util.spec_from_file_location(module, file)
        assert spec is not None
        assert spec.loader is not None
        copy = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, module, copy)
        spec.loader.exec_module(copy)
        return copy

    return change


async def test_a_copy_without_a_change_replays(changed: Changed) -> None:
    copy = changed("order_unchanged", "BrokerActivities.submit", "BrokerActivities.submit")
    assert (await replay(histories(*names()), [copy.OrderWorkflow])).failures == ()


@pytest.mark.parametrize(
    ("module", "old", "new", "name"),
    [
        ("another_name_on_the_queue", "BrokerActivities.submit", "BrokerActivities.resolve", "cancelled"),
        ("another_name_in_the_task", "OrderActivities.ask_cancel", "OrderActivities.book", "cancelled_while_held"),
        (
            "the_cancel_before_the_look",
            f"{REPEAT}await self._look()",
            f"{REPEAT}await self._cancel()",
            "cancel_sent_again",
        ),
    ],
)
async def test_a_change_that_open_orders_cannot_follow_is_seen(
    changed: Changed, module: str, old: str, new: str, name: str
) -> None:
    copy = changed(module, old, new)
    (failure,) = (await replay(histories(name), [copy.OrderWorkflow])).failures
    assert failure.workflow_id == name
    assert "TMPRL1100" in failure.reason
