"""The recorded histories and what stands in them: `oms record-histories` writes them anew."""

import base64
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

FOLDER = Path(__file__).with_name("histories")

Event = dict[str, Any]


def names() -> list[str]:
    return sorted(file.stem for file in FOLDER.glob("*.json"))


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.json").read_text()


async def histories(*wanted: str) -> AsyncIterator[WorkflowHistory]:
    for name in wanted:
        yield WorkflowHistory.from_json(name, text_of(name))


def attributes(name: str, event_type: str) -> Iterator[Event]:
    """Of each event of this type, such as `ACTIVITY_TASK_SCHEDULED`, in order."""
    for event in json.loads(text_of(name))["events"]:
        if event["eventType"] == f"EVENT_TYPE_{event_type}":
            yield next(value for key, value in event.items() if key.endswith("EventAttributes"))


def activities(name: str) -> set[str]:
    """Names of the activities it ran, on a queue or within the workflow's own task."""
    queued = {each["activityType"]["name"] for each in attributes(name, "ACTIVITY_TASK_SCHEDULED")}
    markers = (each["details"]["data"]["payloads"][0] for each in attributes(name, "MARKER_RECORDED"))
    return queued | {payload(marker)["activity_type"] for marker in markers}


def result(name: str) -> Event | None:
    """How the run ended; None while it is open."""
    ends = [payload(each["result"]["payloads"][0]) for each in attributes(name, "WORKFLOW_EXECUTION_COMPLETED")]
    return ends[0] if ends else None


def payload(encoded: dict[str, Any]) -> Event:
    return dict(json.loads(base64.b64decode(encoded["data"])))
