"""The first balances of an account whose owner has traded at the broker that day: nothing is counted twice (LC-98)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from activities.opening import opening_of
from broker.port import Book, BookRow, BookTerms, BrokerCash, BrokerPosition, BrokerPositions
from ledger.adopting import ExternalOrder, NotAdopted
from ledger.ledger import Ledger
from ledger.settlement import Opening, OpeningShares
from market.fees import SSI_ONLINE, commission, sale_tax
from market.vocabulary import OrderType, Side
from orders.evidence import BrokerReport, BrokerState
from orders.stored import StoredOrder
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import DAY, INSTRUMENTS, MORNING, PRICE, report

VALUE = 100 * PRICE
BOUGHT = VALUE + commission(SSI_ONLINE, VALUE)
SOLD = VALUE - commission(SSI_ONLINE, VALUE) - sale_tax(SSI_ONLINE, VALUE)


def row(side: Side, told: BrokerReport, symbol: str = "VIC", number: int = 1) -> BookRow:
    terms = BookTerms(symbol, side, OrderType.LO, told.quantity, PRICE)
    named = replace(told, broker_order_id=f"B{number}", request_id=f"9000000{number}", price=PRICE)
    return BookRow(ACCOUNT_ID, named.broker_order_id, named.request_id, named, None, terms)


def balances(cash: int, receivable: int, owned: int, sellable: int) -> tuple[BrokerCash, BrokerPositions]:
    return BrokerCash(cash, 0, 0, receivable), BrokerPositions((BrokerPosition("VIC", owned, sellable, 80_000),))


def test_without_orders_it_is_what_the_broker_says() -> None:
    opening = opening_of(*balances(1_000, 700, 300, 100), Book(()), SSI_ONLINE)
    assert opening == Opening(1_000, 700, {"VIC": OpeningShares(300, 100, 80_000)})


def test_a_buy_of_today_is_taken_back_with_its_commission() -> None:
    opening = opening_of(*balances(50_000_000, 0, 400, 300), Book((row(Side.BUY, report(100)),)), SSI_ONLINE)
    assert (opening.cash, opening.shares["VIC"]) == (50_000_000 + BOUGHT, OpeningShares(300, 300, 80_000))


def test_a_sale_of_today_is_taken_back_with_what_it_still_holds() -> None:
    book = Book((row(Side.SELL, report(100, quantity=250)),))
    opening = opening_of(*balances(0, SOLD, 200, 50), book, SSI_ONLINE)
    assert (opening.receivable, opening.shares["VIC"]) == (0, OpeningShares(300, 300, 80_000))


@pytest.mark.parametrize("state", [BrokerState.CANCELED, BrokerState.REJECTED, BrokerState.EXPIRED])
def test_an_order_that_ended_without_a_fill_changes_nothing(state: BrokerState) -> None:
    book = Book((row(Side.SELL, report(0, state=state)),))
    assert opening_of(*balances(0, 0, 200, 200), book, SSI_ONLINE).shares["VIC"] == OpeningShares(200, 200, 80_000)


def test_what_cannot_be_adopted_stays_in_the_balances() -> None:
    unnamed = replace(row(Side.BUY, report(100)), request_id="")
    unread = replace(row(Side.BUY, report(100)), terms=None)
    opening = opening_of(*balances(1_000, 0, 400, 300), Book((unnamed, unread)), SSI_ONLINE)
    assert opening == Opening(1_000, 0, {"VIC": OpeningShares(400, 300, 80_000)})


@pytest.mark.parametrize("side", Side)
def test_an_order_of_a_symbol_without_reference_data_stays_in_the_balances(side: Side) -> None:
    told = balances(1_000, SOLD, 400, 300)
    opening = opening_of(*told, Book((row(side, report(100), "BONDX"),)), SSI_ONLINE, {"VIC", "VND"})
    assert opening == opening_of(*told, Book(()), SSI_ONLINE)


def test_an_order_of_a_symbol_with_reference_data_is_taken_back() -> None:
    told = balances(50_000_000, 0, 400, 300)
    opening = opening_of(*told, Book((row(Side.BUY, report(100)),)), SSI_ONLINE, {"VIC"})
    assert (opening.cash, opening.shares["VIC"].owned) == (50_000_000 + BOUGHT, 300)


@pytest.mark.stack
async def test_a_bond_bought_today_is_owned_and_paid_for_though_it_is_never_adopted(ledger: Ledger) -> None:
    await ledger.save_instruments(INSTRUMENTS)
    cash, positions = BrokerCash(41_000_000, 0, 0, 0), BrokerPositions((BrokerPosition("BONDX", 100, 0, PRICE),))
    bought = row(Side.BUY, report(100), "BONDX")
    known = {each.symbol for each in INSTRUMENTS}
    await ledger.open_balances(ACCOUNT_ID, DAY, opening_of(cash, positions, Book((bought,)), SSI_ONLINE, known))
    found = ExternalOrder("BONDX", Side.BUY, OrderType.LO, 100, PRICE, bought.report)
    assert await ledger.adopt(ACCOUNT_ID, DAY, found, MORNING, datetime.now(UTC)) is NotAdopted.UNKNOWN_SYMBOL
    owned = await ledger.owned(ACCOUNT_ID)
    assert (owned.cash, owned.shares) == (41_000_000, {"BONDX": 100})


@pytest.mark.stack
async def test_the_opening_and_the_adopted_orders_come_to_what_the_broker_says(ledger: Ledger) -> None:
    await ledger.save_instruments(INSTRUMENTS)
    cash, positions = balances(50_000_000, SOLD, 300, 50)
    rows = (row(Side.BUY, report(100)), row(Side.SELL, report(100, quantity=250), number=2))
    await ledger.open_balances(ACCOUNT_ID, DAY, opening_of(cash, positions, Book(rows), SSI_ONLINE))
    for each in rows:
        assert each.terms is not None
        found = ExternalOrder("VIC", each.terms.side, OrderType.LO, each.terms.quantity, PRICE, each.report)
        adopted = await ledger.adopt(ACCOUNT_ID, DAY, found, MORNING, datetime.now(UTC))
        assert isinstance(adopted, StoredOrder)
    owned = await ledger.owned(ACCOUNT_ID)
    assert (owned.cash, owned.shares) == (50_000_000 + SOLD, {"VIC": 300})
    position = await ledger.position(ACCOUNT_ID, "VIC")
    assert position is not None
    assert position.sellable == 50
    assert (await ledger.cash(ACCOUNT_ID)).shortfall == 0
