"""The day's reference data from the broker into the ledger, with an alert for each band that differs from the rules."""

from collections.abc import Sequence
from datetime import date

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.broker_days import BrokerDays
from activities.signatures import ReferenceDataActivities
from activities.signs_of_life import signs_of_life
from broker.port import NoAnswer, ReferenceData
from ledger.ledger import Ledger
from market.calendar import day_of
from market.instrument import Instrument
from market.vocabulary import Exchange
from workflows.loading import ask_for_reference_data
from workflows.messages import LoadEnd, ReferenceDataLoaded


class ReferenceDataCaller:
    """Has a day's reference data loaded by a process of their own."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def ask(self, trading_date: date) -> None:
        """Start the load, or let the one that runs go on."""
        await ask_for_reference_data(self._client, trading_date)


class ReferenceDataLoader(ReferenceDataActivities):
    def __init__(self, ledger: Ledger, reference: ReferenceData, days: BrokerDays) -> None:
        self._ledger = ledger
        self._reference = reference
        self._days = days

    @activity.defn
    async def load_reference_data(self, trading_date: date | None) -> ReferenceDataLoaded:
        async with signs_of_life():
            return await self._load(trading_date)

    async def _load(self, asked: date | None) -> ReferenceDataLoaded:
        market_now = await self._days.market_now()
        today = await self._days.day_of(market_now)
        if asked is None and day_of(market_now) != today:
            return ReferenceDataLoaded(today, LoadEnd.NO_TRADING_DAY)
        if asked is not None and asked != today:
            return ReferenceDataLoaded(asked, LoadEnd.DAY_OVER)
        told = await self._reference.instruments(today)
        if isinstance(told, NoAnswer):
            raise _not_there_yet(f"no reference data for {today} yet: {told.text}")
        found = _of_day(told, today)
        saved = await self._ledger.renew_instruments(found)
        alarms = await self._ledger.tell_bands([each.symbol for each in found], today)
        missing = await self._exchanges_without(found, today)
        if missing:
            raise _not_there_yet(f"{saved} securities of {today} saved, but none of {', '.join(missing)} yet")
        return ReferenceDataLoaded(today, LoadEnd.LOADED, saved, alarms)

    async def _exchanges_without(self, found: Sequence[Instrument], today: date) -> list[str]:
        calendar = await self._days.calendar()
        there = {instrument.exchange for instrument in found}
        return [each for each in Exchange if each not in there and calendar.is_trading_day(today, each)]


def _of_day(told: Sequence[Instrument], today: date) -> list[Instrument]:
    """Another day's band is never saved as today's, whoever tells it (VN-A9)."""
    found = [each for each in told if each.trading_date == today]
    if len(found) < len(told):
        activity.logger.error("%s instruments are not of %s and were left out", len(told) - len(found), today)
    return found


def _not_there_yet(text: str) -> ApplicationError:
    """The platform's way to try again later, with its reason shown beside the process; nothing is wrong yet."""
    return ApplicationError(text, type="NotThereYet", category=ApplicationErrorCategory.BENIGN)
