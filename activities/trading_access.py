"""The right to send orders, looked at where the broker connection is; a code that a person left is used at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import assert_never

from temporalio import activity
from temporalio.service import RPCError

from activities.announcing import OrderAnnouncer
from activities.signatures import AccessActivities
from broker.port import (
    MORNING_RENEWAL,
    NeedsOtp,
    NoAnswer,
    OtpRequested,
    OtpWithheld,
    SignedIn,
    SignedOut,
    TradingAccess,
    TradingLogin,
)
from ledger.accounts import AlertKind
from ledger.ledger import Ledger
from market.calendar import VIETNAM
from orders.order import Action, Life, Order, RequestState
from workflows.access_state import AccessAlert, AccessFound, AccessState, AccessTrouble, CodeRequest

_BY_PIN, _BY_CODE = timedelta(hours=1), timedelta(minutes=30)
_TASK_OPEN, _SIGNED_OUT = timedelta(minutes=10), timedelta(minutes=5)
# The broker client tells ten minutes before a token ends, and in the morning, that a code is needed: look just after.
_BEFORE_THE_END = timedelta(minutes=9, seconds=55)
_JUST_AFTER = timedelta(seconds=5)
_SHORTEST = timedelta(minutes=1)


class ConnectedAccessActivities(AccessActivities):
    """Access of the one connection that `login` signs in."""

    def __init__(self, ledger: Ledger, login: TradingLogin, announcer: OrderAnnouncer) -> None:
        self._ledger = ledger
        self._login = login
        self._announcer = announcer

    @activity.defn
    async def look_at_access(self, connection_id: str) -> AccessFound:
        code = await self._ledger.take_one_time_code(connection_id)
        if code is None:
            return _found(await self._login.access(), datetime.now(UTC), by_code=self._login.by_code)
        access = await self._login.enter_otp(code)
        activity.logger.info("a one-time code was used; signed in: %s", isinstance(access, SignedIn))
        if isinstance(access, SignedIn):
            await self._wake_orders()
            return replace(_found(access, datetime.now(UTC), by_code=self._login.by_code), code_taken=True)
        # A code that the broker does not take leaves an earlier sign-in as good as it was.
        now = await self._login.access()
        standing = _found(now if isinstance(now, SignedIn) else access, datetime.now(UTC), by_code=self._login.by_code)
        return replace(standing, text=access.text)

    @activity.defn
    async def request_code(self, connection_id: str) -> CodeRequest:
        activity.logger.info("asking for a one-time code for %s", connection_id)
        answer = await self._login.request_otp()
        now = datetime.now(UTC)
        match answer:
            case OtpRequested():
                return CodeRequest(now, "the broker sends one to the account's owner", answer.codes_left)
            case OtpWithheld():
                return CodeRequest(now, f"not asked for: {answer.text}", 0 if self._login.by_code else None)
            case NoAnswer():
                return CodeRequest(now, f"the broker did not say that it sends one: {answer.text}")
            case _:
                assert_never(answer)

    @activity.defn
    async def raise_access_alert(self, alert: AccessAlert) -> None:
        kind = _alert_kind(alert.trouble)
        if await self._ledger.raise_alert(kind, alert.key, alert.text, connection_id=alert.connection_id):
            activity.logger.warning("%s", alert.text)

    async def _wake_orders(self) -> None:
        """Orders whose requests could not leave would look again within a minute; they need not wait that long."""
        try:
            for stored in await self._ledger.open_orders():
                if _could_not_be_sent(stored.order):
                    await self._announcer.evidence(stored, "signed in with a one-time code")
        except RPCError as error:
            activity.logger.warning("orders were not told of the sign-in: %s", error.status.name)


def _could_not_be_sent(order: Order) -> bool:
    tried = any(request.action is Action.SUBMIT for request in order.requests)
    asked = any(request.open and request.state is RequestState.ASKED for request in order.requests)
    return order.life is not Life.CLOSED and ((order.life is Life.UNSENT and tried) or asked)


def _found(access: TradingAccess, now: datetime, *, by_code: bool) -> AccessFound:
    match access:
        case SignedIn():
            again = _look_again(access.until, now, _BY_CODE if by_code else _BY_PIN)
            return AccessFound(AccessState.SIGNED_IN, by_code, now, again, until=access.until)
        case NeedsOtp():
            return AccessFound(
                AccessState.CODE_NEEDED, by_code, now, now + _TASK_OPEN, access.text, access.until, access.codes_left
            )
        case SignedOut():
            again = now + _SIGNED_OUT
            return AccessFound(AccessState.SIGNED_OUT, by_code, now, again, access.text, refused=access.refused)
        case _:
            assert_never(access)


def _look_again(until: datetime, now: datetime, longest: timedelta) -> datetime:
    local = now.astimezone(VIETNAM)
    morning = datetime.combine(local.date(), MORNING_RENEWAL, VIETNAM) + _JUST_AFTER
    if morning <= local:
        morning += timedelta(days=1)
    return max(now + _SHORTEST, min(now + longest, until - _BEFORE_THE_END, morning)).astimezone(UTC)


def _alert_kind(trouble: AccessTrouble) -> AlertKind:
    match trouble:
        case AccessTrouble.CODE_OVERDUE:
            return AlertKind.CODE_OVERDUE
        case AccessTrouble.LOGIN_REFUSED:
            return AlertKind.LOGIN_REFUSED
        case _:
            assert_never(trouble)
