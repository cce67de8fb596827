"""Limits on calls: which calls a row covers, how a window counts, and what `SIMULATOR_LIMITS` may say."""

import pytest
from pydantic import ValidationError

from simulator.switches import Limit, LimitScope, Switches, Throttled, read_limits
from simulator.wire.limits import Limits, throttled

TWO = Limit(endpoint="*", period="1s", limit=2)
GUIDE = (Limit(endpoint="*", period="1s", limit=5), Limit(endpoint="*", period="5s", limit=30))


def taken(limits: Limits, switches: Switches, times: int, now: float, **call: str) -> list[bool]:
    method, name, account = call.get("method", "POST"), call.get("name", "neworder"), call.get("account", "1")
    return [limits.take(switches, method, name, account, now) is None for _ in range(times)]


@pytest.mark.parametrize(
    ("endpoint", "covered"),
    [("*", True), ("post:*", True), ("get:*", False), ("*:*/NewOrder", True), ("*:*/orderBook", False)],
)
def test_a_row_covers_the_calls_that_ssis_grammar_names(endpoint: str, covered: bool) -> None:
    assert Limit(endpoint=endpoint, period="s", limit=1).covers("POST", "neworder") is covered


def test_a_window_opens_with_its_first_call_and_refused_calls_do_not_count() -> None:
    limits, switches = Limits(), Switches(limits=(TWO,))
    assert taken(limits, switches, 3, now=10.0) == [True, True, False]
    exceeded = limits.take(switches, "POST", "neworder", "1", 10.4)
    assert exceeded is not None
    assert exceeded.wait == pytest.approx(0.6)
    assert taken(limits, switches, 3, now=11.0) == [True, True, False]


def test_each_account_and_each_call_is_counted_by_itself_unless_the_scope_says_all() -> None:
    each, together = Switches(limits=(TWO,)), Switches(limits=(TWO,), limit_scope=LimitScope.ALL_CALLS)
    for switches, expected in ((each, [True, True]), (together, [False, False])):
        limits = Limits()
        assert taken(limits, switches, 2, now=1.0) == [True, True]
        assert taken(limits, switches, 2, now=1.0, name="cancelorder") == expected
        assert taken(limits, switches, 2, now=1.0, account="2") == [True, True]


def test_a_call_must_be_within_every_row_that_covers_it() -> None:
    limits, switches = Limits(), Switches(limits=GUIDE)
    counts = [sum(taken(limits, switches, 10, now=float(second))) for second in range(7)]
    assert counts == [5, 5, 5, 5, 5, 5, 5]
    switches = Switches(limits=(*GUIDE[:1], Limit(endpoint="*", period="5s", limit=12)))
    assert [sum(taken(Limits(), switches, 10, now=0.0))] == [5]
    limits = Limits()
    assert [sum(taken(limits, switches, 10, now=float(second))) for second in range(6)] == [5, 5, 2, 0, 0, 5]


def test_the_default_is_felt_by_nobody() -> None:
    assert all(taken(Limits(), Switches(), 900, now=0.0))


def test_one_call_too_many_is_told_in_the_form_that_is_set() -> None:
    with_header = throttled(Throttled.TEXT_WITH_RETRY_AFTER, "5 per 1s", 0.3)
    assert (with_header.status_code, with_header.headers["retry-after"]) == (429, "1")
    assert with_header.body == b"API calls quota exceeded! maximum admitted 5 per 1s."
    assert "retry-after" not in throttled(Throttled.TEXT, "5 per 1s", 0.3).headers
    in_body = throttled(Throttled.JSON, "5 per 1s", 0.3)
    assert (in_body.status_code, b'"status":429' in in_body.body) == (200, True)


def test_limits_are_read_from_a_line() -> None:
    assert read_limits("5/1s, 30/5s") == GUIDE
    assert read_limits("*:*/NewOrder=2/1m")[0].seconds == 60
    with pytest.raises(ValueError, match=r"'five' is no limit; write 5/1s"):
        read_limits("five")


@pytest.mark.parametrize("row", [{"endpoint": "x"}, {"period": "1y"}, {"limit": 0}])
def test_a_row_outside_the_grammar_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Limit.model_validate({"endpoint": "*", "period": "1s", "limit": 1, **row})
