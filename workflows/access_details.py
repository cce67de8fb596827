"""What a person reads on top of the page of a connection's trading access in the web UI, as Markdown."""

from datetime import datetime

from market.calendar import VIETNAM
from workflows.access_state import AccessState, AccessView

ABOUT = """The right of one broker connection to send orders. Where a person's one-time code signs in, this is the task
to enter it: `oms otp`, or `POST /api/v1/broker/one-time-code` as an operator. The code itself never comes here."""


def markdown(view: AccessView) -> str:
    """What is needed, by when, how many codes are left, and how one is entered."""
    found, task = view.found, view.task
    lines = [f"- {found.text}"] if found.text else []
    if task is not None:
        headline = f"one-time code needed by {_local(task.until)}"
        lines += [
            "- until then orders that need a new sign-in wait; they go out once a code is entered",
            '- enter it: `oms otp`, or `POST /api/v1/broker/one-time-code` with `{"code": "…"}` as an operator',
            f"- {view.codes_left} more codes can be asked for before the broker blocks them: `oms otp --request`",
            *(["- **overdue**: an alert was raised"] if task.overdue else []),
        ]
    elif found.state is AccessState.SIGNED_IN and found.until is not None:
        headline = f"signed in until {_local(found.until)}"
    else:
        headline = found.state.value.replace("_", " ")
    if view.request is not None:
        lines.append(f"- last request for a code, {_local(view.request.asked_at)}: {view.request.text}")
    return "\n".join([f"### {view.connection_id}: {headline}", "", *lines, f"- looked at {_local(found.seen_at)}"])


def one_line(view: AccessView) -> str:
    """The alert's words for an open task."""
    found = view.found
    by = "" if view.task is None else f" by {_local(view.task.until)}"
    return f"Connection {view.connection_id} needs a one-time code{by}: {found.text}"


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(VIETNAM):%Y-%m-%d %H:%M:%S} (Vietnam)"
