"""A look into a book that shows the order's own row in no form we know proves nothing: the order stays unknown."""

import pytest
from temporalio.testing import ActivityEnvironment

from activities.broker import ConnectedBrokerActivities
from activities.broker_days import BrokerDays
from broker.port import Book, OddRow
from ledger.accounts import AlertKind
from ledger.ledger import Ledger
from market.clock import MarketClock
from orders.evidence import Answer
from orders.order import Life
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import MORNING, accept, clock_at, command, open_market, send
from tests.support.paper_broker import PaperBroker

pytestmark = pytest.mark.stack


class StandingClock:
    async def read(self) -> MarketClock:
        return clock_at(MORNING)


@pytest.mark.parametrize(("is_own", "alerts"), [(True, [AlertKind.UNREADABLE_MESSAGE]), (False, [])])
async def test_an_unknown_order_whose_row_cannot_be_read_stays_unknown_and_is_told_once(
    ledger: Ledger, is_own: bool, alerts: list[AlertKind]
) -> None:
    await open_market(ledger, cash=1_000_000_000)
    order_id = (await accept(ledger, command())).order.order_id
    request_id = await send(ledger, order_id, Answer.UNKNOWN)
    odd = OddRow(ACCOUNT_ID, "B1", request_id if is_own else "90000007", "order.quantity is missing", "{}")
    broker = PaperBroker(audit=Book((), (odd,)))
    activities = ConnectedBrokerActivities(ledger, broker, BrokerDays(ledger, StandingClock()))
    for _ in range(2):
        stored = await ActivityEnvironment().run(activities.resolve, order_id)
        assert (stored.order.life, stored.order.filled) == (Life.UNKNOWN, 0)
    assert [alert.kind for alert in await ledger.alerts()] == alerts
