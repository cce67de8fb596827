"""What the server and the broker tell of a measurement's orders, turned into figures."""

from datetime import UTC, datetime, timedelta

import httpx

from bench.broker_side import BrokerSide
from bench.measuring import events_of
from bench.plan import JUDGED_RATE, PLANS
from bench.runs import Ended

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def test_events_are_those_of_all_runs_and_reopened_orders_are_counted() -> None:
    ended = [Ended(1, 20, NOW), Ended(1, 22, NOW), Ended(2, 41, NOW)]
    found = events_of(ended)
    assert (found.orders, found.p50, found.p95, found.most, found.reopened) == (3, 22, 41, 41, 1)


async def test_requests_after_an_instant_are_counted_with_every_repeat() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        came_in = {"api/v2/Trading/NewOrder": (-1, 1, 1), "api/v2/Trading/CancelOrder": (2,)}
        seconds = came_in[request.url.params["path"]]
        return httpx.Response(200, json=[{"wall": (NOW + timedelta(seconds=each)).isoformat()} for each in seconds])

    async with httpx.AsyncClient(base_url="http://broker/", transport=httpx.MockTransport(answer)) as control:
        assert await BrokerSide(control).requests_since(NOW) == 3


async def test_a_fills_time_on_the_markets_clock_is_turned_back_into_the_walls() -> None:
    market = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    answers = {
        "/clock": {"anchor_wall": NOW.isoformat(), "anchor_market": market.isoformat()},
        "/received": [{"wall": NOW.isoformat(), "body": {"requestID": "10000000"}}],
        "/orders": [{"order_id": "b1", "request_id": "10000000"}, {"order_id": "b2", "request_id": "of another"}],
        "/fills": [
            {"order_id": "b1", "matched_at": (market + timedelta(seconds=seconds)).isoformat()} for seconds in (5, 4)
        ],
    }

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=answers[request.url.path])

    async with httpx.AsyncClient(base_url="http://broker/", transport=httpx.MockTransport(answer)) as control:
        found = await BrokerSide(control).arrivals(["0901401"])
    assert found.received == {"b1": NOW}
    assert found.filled == {"b1": NOW + timedelta(seconds=5)}


def test_every_plan_measures_the_rate_that_the_aims_speak_of() -> None:
    assert all(JUDGED_RATE in plan.rates for plan in PLANS.values())
