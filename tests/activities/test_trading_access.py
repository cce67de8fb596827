"""Access to the broker as activities see it: a code is used once, orders that waited are woken, alerts come once."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.access_calls import AccessCaller
from activities.broker import ConnectedBrokerActivities
from activities.broker_days import BrokerDays
from activities.trading_access import ConnectedAccessActivities, _look_again
from broker.port import (
    Book,
    NeedsOtp,
    NoAnswer,
    NotSent,
    OtpRequested,
    OtpWithheld,
    Outcome,
    SignedIn,
    SignedOut,
    SubmitRequest,
    TradingAccess,
)
from ledger.accounts import AlertKind
from ledger.ledger import Ledger
from market.calendar import VIETNAM
from market.clock import MarketClock
from orders.order import Life
from orders.stored import StoredOrder
from tests.support.database import CONNECTION_ID
from tests.support.ledger_orders import MORNING, accept, clock_at, command, open_market, send
from tests.support.paper_broker import PaperAnnouncer, PaperBroker
from workflows.access_state import AccessAlert, AccessFound, AccessState, AccessTrouble, CodeRequest
from workflows.order_details import markdown

pytestmark = pytest.mark.stack

CODE = "918273"
UNTIL = datetime(2026, 11, 23, 9, tzinfo=VIETNAM)
NEEDED = NeedsOtp(UNTIL, 5, "a person must enter a one-time code")


@dataclass
class PaperLogin:
    """Signs in with the one right code."""

    by_code: bool = True
    now: TradingAccess = NEEDED
    answer: OtpRequested | OtpWithheld | NoAnswer = field(default_factory=lambda: OtpRequested(4))
    entered: list[str] = field(default_factory=list)

    async def access(self) -> TradingAccess:
        return self.now

    async def request_otp(self) -> OtpRequested | OtpWithheld | NoAnswer:
        return self.answer

    async def enter_otp(self, code: str) -> TradingAccess:
        self.entered.append(code)
        if code != CODE:
            return replace(NEEDED, text="login failed: wrong code")
        self.now = SignedIn(UNTIL + timedelta(hours=7))
        return self.now


class CodelessBroker(PaperBroker):
    """No order leaves, for want of a one-time code."""

    async def submit(self, request: SubmitRequest) -> Outcome:
        return NotSent("a person must enter a one-time code", needs_otp=NEEDED)


class Woken(PaperAnnouncer):
    """Notes which orders are woken; `breaks` as a server that does not answer."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.orders: list[str] = []
        self.breaks = False

    async def evidence(self, stored: StoredOrder, what: str) -> None:
        if self.breaks:
            raise RPCError("no server", RPCStatusCode.UNAVAILABLE, b"")
        self.orders.append(stored.order.order_id)


class FridayMorning:
    async def read(self) -> MarketClock:
        return clock_at(MORNING)


class Calls:
    """Who was called for a code."""

    def __init__(self) -> None:
        self.count = 0

    async def code_needed(self) -> None:
        self.count += 1


async def look(ledger: Ledger, login: PaperLogin, woken: Woken | None = None) -> AccessFound:
    activities = ConnectedAccessActivities(ledger, login, woken or Woken(ledger))
    found: AccessFound = await ActivityEnvironment().run(activities.look_at_access, CONNECTION_ID)
    return found


async def request(ledger: Ledger, login: PaperLogin) -> CodeRequest:
    activities = ConnectedAccessActivities(ledger, login, Woken(ledger))
    asked: CodeRequest = await ActivityEnvironment().run(activities.request_code, CONNECTION_ID)
    return asked


async def refused_an_exit(ledger: Ledger, calls: Calls | None = None) -> StoredOrder:
    """An order that was to be sent and could not leave for want of a code."""
    order_id = (await accept(ledger, command())).order.order_id
    broker = CodelessBroker(audit=Book(()))
    sending = ConnectedBrokerActivities(
        ledger, broker, BrokerDays(ledger, FridayMorning()), (calls or Calls()).code_needed
    )
    stored: StoredOrder = await ActivityEnvironment().run(sending.submit, order_id)
    return stored


async def test_an_order_without_a_code_stays_unsent_says_what_it_waits_for_and_calls_a_person(ledger: Ledger) -> None:
    await open_market(ledger, cash=1_000_000_000)
    calls = Calls()
    stored = await refused_an_exit(ledger, calls)
    assert stored.order.life is Life.UNSENT
    assert "waits for a one-time code: a person must enter a one-time code" in markdown(stored)
    assert calls.count == 1


async def test_without_a_code_the_task_is_told_as_the_broker_tells_it(ledger: Ledger) -> None:
    login = PaperLogin()
    found = await look(ledger, login)
    assert (found.state, found.by_code, found.until, found.codes_left) == (AccessState.CODE_NEEDED, True, UNTIL, 5)
    assert found.text == NEEDED.text
    assert login.entered == []


async def test_a_code_that_a_person_left_is_used_once_and_wakes_only_the_orders_that_waited_for_it(
    ledger: Ledger,
) -> None:
    await open_market(ledger, cash=1_000_000_000)
    waiting = (await refused_an_exit(ledger)).order.order_id
    await accept(ledger, command())
    await send(ledger, (await accept(ledger, command())).order.order_id)
    await ledger.leave_one_time_code(CONNECTION_ID, CODE)
    login, woken = PaperLogin(), Woken(ledger)
    found = await look(ledger, login, woken)
    assert (found.state, found.until, found.code_taken) == (AccessState.SIGNED_IN, UNTIL + timedelta(hours=7), True)
    assert woken.orders == [waiting]
    assert not (await look(ledger, login, woken)).code_taken
    assert (login.entered, woken.orders) == ([CODE], [waiting])


async def test_a_wrong_code_is_used_up_and_wakes_nobody(ledger: Ledger) -> None:
    await open_market(ledger, cash=1_000_000_000)
    await refused_an_exit(ledger)
    await ledger.leave_one_time_code(CONNECTION_ID, "111111")
    login, woken = PaperLogin(), Woken(ledger)
    found = await look(ledger, login, woken)
    assert (found.state, found.text) == (AccessState.CODE_NEEDED, "login failed: wrong code")
    await look(ledger, login, woken)
    assert (login.entered, woken.orders) == (["111111"], [])


async def test_a_wrong_code_does_not_end_a_sign_in_that_still_lasts(ledger: Ledger) -> None:
    await ledger.leave_one_time_code(CONNECTION_ID, "111111")
    found = await look(ledger, PaperLogin(now=SignedIn(UNTIL)))
    assert (found.state, found.until, found.text) == (AccessState.SIGNED_IN, UNTIL, "login failed: wrong code")


async def test_orders_that_cannot_be_woken_do_not_undo_the_sign_in(ledger: Ledger) -> None:
    await open_market(ledger, cash=1_000_000_000)
    await refused_an_exit(ledger)
    await ledger.leave_one_time_code(CONNECTION_ID, CODE)
    woken = Woken(ledger)
    woken.breaks = True
    assert (await look(ledger, PaperLogin(), woken)).state is AccessState.SIGNED_IN


async def test_the_code_is_in_no_log_line(ledger: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    await ledger.leave_one_time_code(CONNECTION_ID, CODE)
    with caplog.at_level("DEBUG"):
        assert CODE not in repr(await look(ledger, PaperLogin()))
    assert "a one-time code was used; signed in: True" in caplog.text
    assert CODE not in caplog.text


async def test_a_refused_pin_is_told_as_signed_out(ledger: Ledger) -> None:
    found = await look(ledger, PaperLogin(by_code=False, now=SignedOut("wrong PIN", refused=True)))
    assert (found.state, found.by_code, found.refused, found.text) == (
        AccessState.SIGNED_OUT,
        False,
        True,
        "wrong PIN",
    )


@pytest.mark.parametrize(
    ("answer", "text", "left"),
    [
        (OtpRequested(4), "the broker sends one to the account's owner", 4),
        (OtpWithheld("enter the last one"), "not asked for: enter the last one", 0),
        (NoAnswer("timeout"), "the broker did not say that it sends one: timeout", None),
    ],
)
async def test_what_came_of_a_request_for_a_code_is_told(
    ledger: Ledger, answer: OtpRequested | OtpWithheld | NoAnswer, text: str, left: int | None
) -> None:
    asked = await request(ledger, PaperLogin(answer=answer))
    assert (asked.text, asked.codes_left) == (text, left)


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (AccessTrouble.CODE_OVERDUE, AlertKind.CODE_OVERDUE),
        (AccessTrouble.LOGIN_REFUSED, AlertKind.LOGIN_REFUSED),
    ],
)
async def test_an_alert_that_is_raised_again_is_one_alert(
    ledger: Ledger, trouble: AccessTrouble, kind: AlertKind
) -> None:
    activities = ConnectedAccessActivities(ledger, PaperLogin(), Woken(ledger))
    for _ in range(2):
        alert = AccessAlert(CONNECTION_ID, trouble, "the fact", "words")
        await ActivityEnvironment().run(activities.raise_access_alert, alert)
    (found,) = await ledger.alerts()
    assert (found.kind, found.connection_id, found.text) == (kind, CONNECTION_ID, "words")


@pytest.mark.parametrize(
    ("now", "until", "longest", "expected"),
    [
        ("10:00:00", "18:00:00", 30, "10:30:00"),
        ("10:00:00", "18:00:00", 60, "11:00:00"),
        ("17:40:00", "18:00:00", 30, "17:50:05"),
        ("17:50:05", "18:00:00", 30, "17:51:05"),
        ("08:10:00", "14:00:00", 30, "08:30:05"),
        ("08:30:05", "14:00:00", 30, "09:00:05"),
    ],
)
def test_the_next_look_comes_when_the_broker_client_may_first_want_a_code(
    now: str, until: str, longest: int, expected: str
) -> None:
    def at(time: str) -> datetime:
        return datetime.fromisoformat(f"2026-11-23T{time}+07:00")

    assert _look_again(at(until), at(now), timedelta(minutes=longest)) == at(expected).astimezone(UTC)


class CountingClient:
    """A Temporal client that counts signals and may be down."""

    def __init__(self, *, down: bool = False) -> None:
        self.down = down
        self.signals: list[str] = []

    def get_workflow_handle(self, workflow_id: str) -> "CountingClient":
        self.signals.append(workflow_id)
        return self

    async def signal(self, name: str, rpc_timeout: timedelta) -> None:
        if self.down:
            raise RPCError("no server", RPCStatusCode.UNAVAILABLE, b"")


@pytest.mark.parametrize("down", [False, True])
async def test_many_orders_without_a_code_make_one_call(down: bool) -> None:
    client = CountingClient(down=down)
    caller = AccessCaller(client, CONNECTION_ID)  # type: ignore[arg-type] # the two methods that are used
    for _ in range(5):
        await caller.code_needed()
    assert client.signals == ["trading-access-ssi"]
