"""Turns under SSI's rate limits, on the event loop's own time."""

import asyncio
import math
from dataclasses import replace

import pytest

from broker.fastconnect.quotas import Call, Quota, QuotaScope, Urgency, read_quotas
from broker.fastconnect.rate_limiter import RESERVED_SECONDS, Late, RateLimiter
from broker.port import NoAnswer

pytestmark = pytest.mark.usefixtures("exact_time")

PATIENCE = 60.0
TWO_A_SECOND = Quota(2, 1.0)


def order(account: str = "0712341") -> Call:
    return Call(account, "POST", "NewOrder", Urgency.ORDER)


def cancel(account: str = "0712341") -> Call:
    return Call(account, "POST", "CancelOrder", Urgency.CANCEL)


def amend() -> Call:
    return Call("0712341", "POST", "ModifyOrder", Urgency.AMEND)


def query() -> Call:
    return Call("0712341", "GET", "orderBook", Urgency.QUERY)


def together(*quotas: Quota) -> RateLimiter:
    return RateLimiter(quotas, QuotaScope.ALL_CALLS)


def clock() -> float:
    return asyncio.get_running_loop().time()


async def turns(limiter: RateLimiter, *calls: Call, patience: float = PATIENCE) -> list[tuple[str, float]]:
    """Who got a turn, in order, and after how many seconds."""
    begun, got = clock(), []

    async def one(call: Call) -> None:
        if await limiter.turn(call, patience) is None:
            got.append((call.name, clock() - begun))

    await asyncio.gather(*(one(call) for call in calls))
    return got


async def test_no_more_calls_leave_than_the_quota_allows() -> None:
    got = await turns(together(TWO_A_SECOND), *[order()] * 6)
    times = [seconds for _, seconds in got]
    assert times[:2] == [0, 0]
    assert all(later - earlier >= 1.0 for earlier, later in zip(times, times[2:], strict=False))
    assert times[-1] < 2.5


async def test_cancels_go_first_then_amendments_orders_and_queries_each_oldest_first() -> None:
    limiter = together(Quota(1, 1.0))
    await limiter.turn(query(), PATIENCE)
    got = await turns(limiter, query(), order(), *[cancel()] * 5, order(), amend())
    assert [name for name, _ in got] == ["CancelOrder"] * 5 + ["ModifyOrder", "NewOrder", "NewOrder", "orderBook"]


async def test_a_hundred_waiting_orders_do_not_delay_five_cancels() -> None:
    limiter = together(Quota(5, 1.0))
    waiting = [asyncio.create_task(limiter.turn(order(), 1_000.0)) for _ in range(100)]
    await asyncio.sleep(0)
    got = await turns(limiter, *[cancel()] * 5)
    assert got[-1][1] < 1.1
    assert sum(task.done() for task in waiting) == 5
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_who_waits_behind_nobody_is_not_held_up_by_other_calls_or_accounts() -> None:
    limiter = RateLimiter([TWO_A_SECOND], QuotaScope.EACH_CALL)
    got = await turns(limiter, *[order()] * 2, *[cancel()] * 2, *[order("0712346")] * 2, *[query()] * 2)
    assert all(seconds == 0 for _, seconds in got)


async def test_a_cancel_that_waits_for_its_own_quota_keeps_the_shared_one() -> None:
    limiter = together(Quota(1, 10.0, name="cancelorder"), Quota(2, 1.0))
    await limiter.turn(cancel(), PATIENCE)
    got = await turns(limiter, cancel(), order())
    assert [name for name, _ in got] == ["CancelOrder", "NewOrder"]


async def test_a_turn_that_cannot_come_in_time_is_denied_at_once() -> None:
    limiter = together(Quota(1, 10.0))
    await limiter.turn(order(), PATIENCE)
    begun = clock()
    late = await limiter.turn(order(), 5.0)
    assert isinstance(late, Late)
    assert 9.9 < late.seconds < 10.2
    assert clock() == begun


async def test_who_has_waited_as_long_as_it_may_is_late_and_leaves_the_queue() -> None:
    limiter = together(Quota(1, 1.0))
    await limiter.turn(order(), PATIENCE)
    cancels = [asyncio.create_task(limiter.turn(cancel(), PATIENCE)) for _ in range(5)]
    await asyncio.sleep(0)
    begun = clock()
    assert isinstance(await limiter.turn(order(), 3.0), Late)
    assert clock() - begun == pytest.approx(3)
    await asyncio.gather(*cancels)
    assert await turns(limiter, order()) != []


async def full_but_cancel_told(limiter: RateLimiter) -> float:
    """A window of 3 in 2 s is full, and a cancel was told to come again; returns in how many seconds."""
    await turns(limiter, *[order()] * 3)
    late = await limiter.turn(cancel(), 0.5)
    assert isinstance(late, Late)
    return late.seconds


async def test_a_cancel_that_was_late_finds_its_turn_when_it_comes_again_however_many_orders_wait() -> None:
    limiter = together(Quota(3, 2.0))
    seconds = await full_but_cancel_told(limiter)
    waiting = [asyncio.create_task(limiter.turn(order(), 1_000.0)) for _ in range(20)]
    await asyncio.sleep(math.ceil(seconds))
    assert sum(task.done() for task in waiting) == 2, "the others go on in the turns that are not kept"
    assert await limiter.turn(cancel(), 0) is None
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_the_turn_of_a_cancel_that_does_not_come_again_is_given_away() -> None:
    limiter = together(Quota(1, 2.0))
    await limiter.turn(order(), PATIENCE)
    assert isinstance(await limiter.turn(cancel(), 0.5), Late)
    (got,) = await turns(limiter, order())
    assert got[1] == pytest.approx(2.05 + RESERVED_SECONDS)


async def test_cancels_that_were_late_keep_one_turn_each_in_their_order_and_coming_early_changes_nothing() -> None:
    limiter = together(Quota(1, 2.0))
    await limiter.turn(order(), PATIENCE)
    first, second = replace(cancel(), order="B1"), replace(cancel(), order="B2")
    for _ in range(3):
        late = [await limiter.turn(call, 0.5) for call in (first, second)]
        assert [each.seconds for each in late if each is not None] == pytest.approx([2.05, 4.10])
    await asyncio.sleep(2.1)
    late_again = await limiter.turn(second, 0.5)
    assert isinstance(late_again, Late), "its turn is the one after the first"
    assert await limiter.turn(first, 0) is None
    await asyncio.sleep(late_again.seconds)
    assert await limiter.turn(second, 0) is None


async def test_who_gives_up_takes_no_turn() -> None:
    limiter = together(Quota(1, 1.0))
    await limiter.turn(order(), PATIENCE)
    impatient = asyncio.create_task(limiter.turn(cancel(), PATIENCE))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    (got,) = await turns(limiter, order())
    assert got[1] < 1.1


async def test_a_throttled_call_rests_and_no_other_does() -> None:
    limiter = together()
    limiter.pause(order(), 3.0)
    got = await turns(limiter, order(), cancel(), order("0712346"))
    assert [name for name, _ in got] == ["CancelOrder", "NewOrder", "NewOrder"]
    assert [seconds for _, seconds in got] == pytest.approx([0, 0, 3])


async def test_new_quotas_count_at_once_and_what_stays_stays_counted() -> None:
    limiter = together(TWO_A_SECOND)
    await turns(limiter, order(), order())
    limiter.obey([TWO_A_SECOND, Quota(100, 60.0)])
    assert isinstance(await limiter.turn(order(), 0.5), Late)
    limiter.obey([])
    assert await limiter.turn(order(), 0) is None


async def test_new_quotas_wake_who_waits() -> None:
    limiter = together(Quota(1, 50.0))
    await limiter.turn(order(), PATIENCE)
    waiting = asyncio.create_task(limiter.turn(order(), PATIENCE))
    await asyncio.sleep(1)
    limiter.obey([])
    assert await asyncio.wait_for(waiting, 1) is None


async def test_a_quota_of_none_never_gives_a_turn() -> None:
    assert await together(Quota(0, 1.0)).turn(order(), PATIENCE) == Late(math.inf)


ROWS = [
    {"endpoint": "*", "period": "1s", "limit": 5},
    {"endpoint": "post:*", "period": "5s", "limit": "30"},
    {"endpoint": "get:*", "period": "m", "limit": 60},
    {"endpoint": "*:*/NewOrder", "period": "2h", "limit": 1000},
    {"endpoint": "post:/api/v2/Trading/CancelOrder", "period": "1d", "limit": 9},
]


async def test_ssis_grammar_is_read() -> None:
    quotas = read_quotas(ROWS)
    assert quotas == (
        Quota(5, 1),
        Quota(30, 5, method="post"),
        Quota(60, 60, method="get"),
        Quota(1000, 7_200, name="neworder"),
        Quota(9, 86_400, method="post", name="cancelorder"),
    )


@pytest.mark.parametrize(
    ("call", "covering"), [(order(), [0, 1, 3]), (cancel(), [0, 1, 4]), (query(), [0, 2])], ids=str
)
async def test_a_quota_covers_the_calls_it_names(call: Call, covering: list[int]) -> None:
    quotas = read_quotas(ROWS)
    assert not isinstance(quotas, NoAnswer)
    assert [index for index, quota in enumerate(quotas) if quota.covers(call)] == covering


@pytest.mark.parametrize(
    "data", [None, {}, ["x"], [{"endpoint": "*", "period": "1w", "limit": 5}], [{"endpoint": "*", "period": "1s"}]]
)
async def test_limits_that_cannot_be_read_are_no_answer(data: object) -> None:
    assert isinstance(read_quotas(data), NoAnswer)
