"""What the broker says about waiting reaches the order's process with the stored answer."""

import pytest
from temporalio.testing import ActivityEnvironment

from activities.broker import ConnectedBrokerActivities
from activities.broker_days import BrokerDays
from broker.port import Book, NotSent, Outcome, SubmitRequest
from ledger.ledger import Ledger
from market.clock import MarketClock
from orders.order import Life
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import MORNING, accept, clock_at, command, open_market
from tests.support.paper_broker import PaperBroker

pytestmark = pytest.mark.stack


class StandingClock:
    async def read(self) -> MarketClock:
        return clock_at(MORNING)


class BusyBroker(PaperBroker):
    async def submit(self, request: SubmitRequest) -> Outcome:
        return NotSent("429", wait_seconds=29.2)


async def test_lc07_the_time_to_wait_is_stored_with_the_answer_and_never_shortened(ledger: Ledger) -> None:
    await open_market(ledger, cash=1_000_000_000)
    order_id = (await accept(ledger, command())).order.order_id
    activities = ConnectedBrokerActivities(ledger, BusyBroker(audit=Book(())), BrokerDays(ledger, StandingClock()))
    answered = await ActivityEnvironment().run(activities.submit, order_id)
    assert answered.order.life is Life.UNSENT
    assert answered.order.last_submit is not None
    assert answered.order.last_submit.wait_seconds == 30
    assert await ledger.refold(order_id) == answered.order, "I3"
    assert (await ledger.cash(ACCOUNT_ID)).available < 1_000_000_000, "the hold is kept"
