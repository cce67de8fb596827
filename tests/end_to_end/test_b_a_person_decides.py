"""What only a person may decide, on the real stack."""

import httpx
import pytest

from tests.end_to_end.test_a_users_day import body, place, seen, wait_for
from tests.support.reckoning import reckon
from tests.support.whole_stack import WholeStack, eventually

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


def test_lc04_an_order_that_never_arrived_is_kept_unknown_with_its_hold_until_a_person_closes_it(
    stack: WholeStack,
) -> None:
    with stack.api as api, stack.control as control:
        control.post("faults", json={"kind": "drop_before_taking", "path": "NewOrder", "times": 1}).raise_for_status()
        order = place(api, body(stack, "MBB", "floor"))
        eventually(lambda: life(api, order["order_id"]), lambda found: found == ("pending", "unknown"))
        assert seen(api, order["order_id"])["hold_vnd"] == order["hold_vnd"] > 0
        stack.oms("close-unknown", order["order_id"], "--user", "minh", "--reason", "SSI says it never came")
        closed = wait_for(api, order["order_id"], "canceled")
        assert (closed["hold_vnd"], closed["reject_reason"]) == (0, "minh: SSI says it never came")
        refused = stack.failing_oms("close-unknown", order["order_id"], "--reason", "again")
        assert "only one that is unknown at the broker can be closed by hand" in refused
    reckon(stack)


def life(api: httpx.Client, order_id: str) -> tuple[str, str]:
    """The public status and what is known of the order at the broker."""
    order = seen(api, order_id)
    return order["status"], order["broker_state"]
