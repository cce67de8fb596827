"""What the stream says is in the inbox with its body and hash, whether or not anybody can read it."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

import psycopg
import pytest

from activities.inbox_messages import from_stream
from broker.fastconnect import messages
from broker.fastconnect.following import follow
from broker.fastconnect.unknowns import SIMULATED
from broker.port import Heard, Interrupted
from ledger.accounts import AlertKind
from ledger.ledger import Ledger
from tests.activities.test_feed import listened, sent_order
from tests.broker.stream_messages import match_event, message, order_event
from tests.support.database import ACCOUNT_ID, CONNECTION_ID
from tests.support.ledger_orders import DAY, PRICE, open_market

pytestmark = pytest.mark.stack

ALIVE = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of the inbox: body and hash as they are stored."""

    key: str
    body: str
    digest: str


def inbox(database_url: str) -> tuple[Kept, ...]:
    query = "SELECT key, raw, encode(raw_hash, 'hex') FROM inbox ORDER BY id"
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        return tuple(Kept(key, bytes(raw).decode(), digest) for key, raw, digest in connection.execute(query))


def hashed(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


async def items_of(*raws: str) -> list[Heard | Interrupted]:
    """What our own client makes of a stream that says these texts."""

    async def say(_resume_from: int) -> AsyncGenerator[str, None]:
        for raw in raws:
            yield raw
        await asyncio.get_running_loop().create_future()

    async with aclosing(follow(say, 0, SIMULATED)) as stream:
        return [await anext(stream) for _ in raws]


async def test_a_text_whose_reading_breaks_is_kept_under_its_hash_and_the_next_ones_are_booked(
    ledger: Ledger, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_data: object) -> None:
        raise KeyError("nobody expected this")

    monkeypatch.setattr(messages, "read_report", broken)
    await open_market(ledger, cash=1_000_000_000)
    order_id, request_id = await sent_order(ledger)
    lost = order_event(notifyID=1, account=ACCOUNT_ID, uniqueID=request_id)
    told = {"account": ACCOUNT_ID, "uniqueID": request_id, "instrumentID": "VIC", "matchPrice": PRICE}
    execution = match_event(notifyID=2, **told)

    async def is_booked() -> bool:
        stored = await ledger.load(order_id)
        return stored is not None and stored.order.matched_quantity == 100

    await listened(ledger, await items_of(ALIVE, lost, execution), until=is_booked)
    first, second = inbox(database_url)
    assert first == Kept(f"sha256:{hashed(lost)}", lost, hashed(lost))
    assert (second.body, second.digest) == (execution, hashed(execution))
    assert await ledger.cursor(CONNECTION_ID, DAY) == 2
    (alert,) = await ledger.alerts()
    assert alert.kind is AlertKind.UNREADABLE_MESSAGE
    assert "reading it failed (KeyError: 'nobody expected this')" in alert.text


@pytest.mark.parametrize(
    "raw",
    [
        "ERR002 Duplicate login session",
        '""',
        "[" * 10_000,
        '{"type":"orderEvent","data":null}',
        order_event(quantity=...),
        message("newEvent", {"notifyID": 7}, {}),
        message("clientPortfolioEvent", {"notifyID": 8}, {}),
    ],
    ids=["no JSON", "an empty word", "too deep", "no data", "a field less", "an unknown type", "about no order"],
)
async def test_a_text_that_says_nothing_of_an_order_is_kept_as_it_came(
    ledger: Ledger, database_url: str, raw: str
) -> None:
    await open_market(ledger)
    for item in await items_of(raw, raw):
        assert isinstance(item, Heard)
        assert item.reading is not None
        await ledger.store_raw(CONNECTION_ID, DAY, [from_stream(item.raw, item.reading)])
    assert [(kept.body, kept.digest) for kept in inbox(database_url)] == [(raw, hashed(raw))]
