"""The task to enter a one-time code, on the workflow itself: opened, asked for once, overdue once, closed by a code."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from temporalio.api.sdk.v1 import WorkflowMetadata

from market.calendar import VIETNAM
from tests.support.driver import Driver
from workflows import messages
from workflows.access_state import (
    AccessAlert,
    AccessFound,
    AccessStart,
    AccessState,
    AccessTrouble,
    AccessView,
    CodeRequest,
)
from workflows.trading_access import TradingAccessWorkflow

EIGHT = datetime(2026, 11, 23, 8, tzinfo=VIETNAM)
OPENING = datetime(2026, 11, 23, 9, tzinfo=VIETNAM)
MINUTE = timedelta(minutes=1)


@dataclass
class Desk:
    """What the connection's worker would find, and what it was asked to do."""

    state: AccessState = AccessState.CODE_NEEDED
    by_code: bool = True
    until: datetime = OPENING
    text: str = "a person must enter a one-time code"
    refused: bool = False
    code_taken: bool = False
    forgotten: int = 0
    every: timedelta = 10 * MINUTE
    driver: Driver | None = None
    looks: list[datetime] = field(default_factory=list)
    requests: list[datetime] = field(default_factory=list)
    alerts: list[AccessAlert] = field(default_factory=list)
    request_breaks: bool = False

    def start(self, at: datetime = EIGHT, start: AccessStart | None = None) -> Driver:
        activities: dict[str, Callable[..., object]] = {
            "look_at_access": self._look,
            "request_code": self._request,
            "raise_access_alert": self._alert,
        }
        self.driver = Driver(TradingAccessWorkflow, start or AccessStart("ssi"), activities, start=at)  # type: ignore[arg-type] # they are awaitable
        return self.driver.settle()

    @property
    def now(self) -> datetime:
        assert self.driver is not None
        return self.driver.now

    async def _look(self, connection_id: str) -> AccessFound:
        self.looks.append(self.now)
        left = self.left if self.state is AccessState.CODE_NEEDED else None
        again = self.now + self.every
        return AccessFound(
            self.state, self.by_code, self.now, again, self.text, self.until, left, self.refused, self.code_taken
        )

    @property
    def left(self) -> int:
        """What the worker believes, who knows nothing of what the ones before it asked for."""
        return 5 - len(self.requests) + self.forgotten

    async def _request(self, connection_id: str) -> CodeRequest:
        self.requests.append(self.now)
        if self.request_breaks:
            raise ConnectionError("the worker died")
        return CodeRequest(self.now, "the broker sends one", self.left)

    async def _alert(self, alert: AccessAlert) -> None:
        self.alerts.append(alert)


def view(driver: Driver) -> AccessView:
    found = driver.query(messages.VIEW, AccessView)
    assert isinstance(found, AccessView)
    return found


def details(driver: Driver) -> str:
    metadata: WorkflowMetadata = driver.query("__temporal_workflow_metadata", WorkflowMetadata)
    return metadata.current_details


def test_a_needed_code_is_a_task_that_tells_what_by_when_and_how() -> None:
    driver = Desk().start()
    shown = details(driver)
    assert "### ssi: one-time code needed by 2026-11-23 09:00:00 (Vietnam)" in shown
    assert "5 more codes" in shown
    assert "`oms otp`" in shown
    assert "/api/v1/broker/one-time-code" in shown
    task = view(driver).task
    assert task is not None
    assert (task.until, task.asked, task.overdue) == (OPENING, False, False)


def test_the_broker_is_asked_for_one_code_half_an_hour_before_it_is_needed() -> None:
    desk = Desk()
    driver = desk.start()
    assert desk.requests == []
    driver.advance(29 * MINUTE)
    assert desk.requests == []
    driver.advance(10 * 60 * MINUTE)
    assert desk.requests == [OPENING - 30 * MINUTE]
    assert "last request for a code, 2026-11-23 08:30:00 (Vietnam): the broker sends one" in details(driver)


def test_a_code_that_is_needed_now_is_asked_for_at_once_and_the_alert_raised() -> None:
    desk = Desk(until=EIGHT)
    desk.start()
    assert (desk.requests, [alert.trouble for alert in desk.alerts]) == ([EIGHT], [AccessTrouble.CODE_OVERDUE])


def test_a_request_that_breaks_is_not_repeated_by_itself() -> None:
    desk = Desk(request_breaks=True)
    driver = desk.start().advance(5 * 60 * MINUTE)
    assert len(desk.requests) == 1
    request = view(driver).request
    assert request is not None
    assert "not known" in request.text


def test_a_person_gets_further_codes_sent_each_time_they_ask() -> None:
    desk = Desk()
    driver = desk.start()
    for _ in range(2):
        driver.signal(messages.CODE_WANTED).settle()
        driver.advance(MINUTE)
    assert len(desk.requests) == 2
    driver.advance(60 * MINUTE)
    assert len(desk.requests) == 3
    assert view(driver).codes_left == 2


def test_a_worker_that_has_forgotten_its_requests_does_not_have_codes_blocked() -> None:
    desk = Desk()
    driver = desk.start()
    for _ in range(8):
        driver.signal(messages.CODE_WANTED).settle()
        desk.forgotten = len(desk.requests)
    assert len(desk.requests) == 5
    found = view(driver)
    assert found.codes_left == 0
    assert found.request is not None
    assert "not asked for" in found.request.text
    desk.state, desk.code_taken = AccessState.SIGNED_IN, True
    driver.signal(messages.ACCESS_LOOK).settle()
    assert view(driver).codes_left == 5
    driver.signal(messages.CODE_WANTED).settle()
    assert len(desk.requests) == 6


def test_the_alert_comes_once_at_the_deadline_and_the_task_stays_open() -> None:
    desk = Desk()
    driver = desk.start().advance(59 * MINUTE)
    assert desk.alerts == []
    driver.advance(3 * 24 * 60 * MINUTE)
    (alert,) = desk.alerts
    assert (alert.trouble, alert.connection_id) == (AccessTrouble.CODE_OVERDUE, "ssi")
    assert alert.key == "code_overdue:ssi:2026-11-23T09:00:00+07:00"
    assert "needs a one-time code by 2026-11-23 09:00:00 (Vietnam)" in alert.text
    task = view(driver).task
    assert task is not None
    assert task.overdue
    assert "**overdue**" in details(driver)


def test_the_deadline_is_the_earliest_that_was_told() -> None:
    desk = Desk()
    driver = desk.start()
    desk.until = OPENING + 30 * MINUTE
    driver.advance(90 * MINUTE)
    task = view(driver).task
    assert task is not None
    assert task.until == OPENING
    assert len(desk.alerts) == 1


def test_a_code_that_was_left_is_looked_for_at_once_and_closes_the_task() -> None:
    desk = Desk()
    driver = desk.start().advance(MINUTE)
    desk.state, desk.until, desk.text = AccessState.SIGNED_IN, EIGHT + timedelta(hours=8), ""
    driver.signal(messages.ACCESS_LOOK).settle()
    assert desk.looks == [EIGHT, EIGHT + MINUTE]
    assert view(driver).task is None
    assert "### ssi: signed in until 2026-11-23 16:00:00 (Vietnam)" in details(driver)
    driver.advance(5 * 60 * MINUTE)
    assert (desk.requests, desk.alerts) == ([], [])


def test_the_next_mornings_task_is_a_new_one() -> None:
    desk = Desk(every=timedelta(hours=1))
    driver = desk.start().advance(2 * 60 * MINUTE)
    desk.state = AccessState.SIGNED_IN
    driver.signal(messages.ACCESS_LOOK).settle()
    desk.state, desk.until = AccessState.CODE_NEEDED, OPENING + timedelta(days=1)
    driver.advance(timedelta(days=1))
    assert [alert.key[-25:-15] for alert in desk.alerts] == ["2026-11-23", "2026-11-24"]
    assert len(desk.requests) == 2


def test_a_connection_with_a_pin_is_only_looked_at_and_bothers_nobody() -> None:
    desk = Desk(AccessState.SIGNED_IN, by_code=False, text="", every=timedelta(hours=1))
    driver = desk.start().advance(timedelta(hours=10))
    assert len(desk.looks) == 11
    assert (desk.requests, desk.alerts, view(driver).task) == ([], [], None)
    assert set(driver.commands) <= {"schedule_activity", "start_timer"}


def test_a_refused_login_raises_one_alert_for_each_thing_the_broker_says() -> None:
    desk = Desk(AccessState.SIGNED_OUT, by_code=False, text="wrong PIN", refused=True)
    driver = desk.start().advance(timedelta(hours=1))
    desk.text = "key is blocked"
    driver.advance(timedelta(hours=1))
    assert [alert.trouble for alert in desk.alerts] == [AccessTrouble.LOGIN_REFUSED] * 2
    assert desk.alerts[0].text == "Connection ssi cannot sign in, no order leaves: wrong PIN"
    desk.state = AccessState.SIGNED_IN
    driver.advance(timedelta(hours=1))
    desk.state = AccessState.SIGNED_OUT
    driver.advance(timedelta(hours=1))
    assert len(desk.alerts) == 3


def test_a_login_that_is_not_answered_is_no_refusal() -> None:
    desk = Desk(AccessState.SIGNED_OUT, by_code=False, text="no connection")
    desk.start().advance(timedelta(hours=5))
    assert desk.alerts == []


def test_a_long_wait_goes_on_in_a_new_history_with_the_same_task() -> None:
    desk = Desk()
    driver = desk.start().advance(timedelta(days=3))
    assert driver.commands[-1] == "continue_as_new_workflow_execution"
    carried = view(driver)
    desk.start(EIGHT + timedelta(days=3), AccessStart("ssi", carried)).advance(timedelta(hours=1))
    assert (len(desk.requests), len(desk.alerts)) == (1, 1)
