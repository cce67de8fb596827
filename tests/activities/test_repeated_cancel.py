"""A cancel whose answer was lost is sent again, and only a yes of the repeat proves anything (LC-43)."""

import pytest
from temporalio.testing import ActivityEnvironment

from activities.broker import ConnectedBrokerActivities
from activities.broker_days import BrokerDays
from activities.signatures import SendCancel
from broker.port import Accepted, Book, CancelRequest, NotSent, Outcome, Refused, Unknown
from ledger.ledger import Ledger
from market.clock import MarketClock
from orders.evidence import CancelAsked
from orders.order import RequestState
from orders.stored import StoredOrder
from tests.support.ledger_orders import MORNING, clock_at, hear, open_market, place, report
from tests.support.paper_broker import PaperBroker

pytestmark = pytest.mark.stack

REFUSED = Refused("400", "Invalid Order Transition Error!")


class StandingClock:
    async def read(self) -> MarketClock:
        return clock_at(MORNING)


class Answering(PaperBroker):
    """Answers cancels from a list and notes which of them it was told were sent before."""

    def __init__(self, *answers: Outcome) -> None:
        super().__init__(audit=Book(()))
        self._answers = list(answers)
        self.sent_before: list[bool] = []

    async def cancel(self, request: CancelRequest) -> Outcome:
        self.sent_before.append(request.sent_before)
        return self._answers.pop(0)


async def cancelled(ledger: Ledger, broker: Answering, times: int) -> StoredOrder:
    await open_market(ledger, cash=1_000_000_000)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(0), CancelAsked("i1", user="trader"))
    activities = ConnectedBrokerActivities(ledger, broker, BrokerDays(ledger, StandingClock()))
    for _ in range(times):
        stored = await ActivityEnvironment().run(activities.cancel, SendCancel(order_id, "i1"))
    assert await ledger.refold(order_id) == stored.order, "I3"
    return stored


@pytest.mark.parametrize("answer", [REFUSED, NotSent("no turn", wait_seconds=2)])
async def test_lc43_no_answer_but_yes_to_a_repeat_settles_the_cancel(ledger: Ledger, answer: Outcome) -> None:
    broker = Answering(Unknown("lost"), answer, Unknown("lost"), REFUSED)
    stored = await cancelled(ledger, broker, times=4)
    assert broker.sent_before == [False, True, True, True]
    assert stored.order.open_cancel is not None
    assert stored.order.open_cancel.state is RequestState.UNKNOWN


async def test_lc43_a_repeat_that_is_taken_awaits_the_confirmation(ledger: Ledger) -> None:
    stored = await cancelled(ledger, Answering(Unknown("lost"), Accepted()), times=2)
    assert stored.order.open_cancel is not None
    assert stored.order.open_cancel.state is RequestState.PENDING


async def test_a_refusal_after_a_proven_not_sent_is_believed(ledger: Ledger) -> None:
    broker = Answering(NotSent("429"), REFUSED)
    stored = await cancelled(ledger, broker, times=2)
    assert (broker.sent_before, stored.order.open_cancel) == ([False, False], None)
