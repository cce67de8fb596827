"""How a load of the day's reference data is asked for: by anybody at once, and by the platform each morning."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
    WorkflowHandle,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from workflows import messages
from workflows.messages import LoadReferenceData, ReferenceDataLoaded

_CALL = timedelta(seconds=3)
_ZONE: Final = "Asia/Ho_Chi_Minh"
_WEEKDAYS = ScheduleRange(start=1, end=5)
# The second one is for what the exchanges publish late; the opening auction starts at 09:00 (VN-A1).
_MORNING_LOADS: Final = ((7, 30), (8, 45))
_CATCH_UP = timedelta(hours=2)


async def ask_for_reference_data(
    client: Client, trading_date: date | None
) -> WorkflowHandle[object, ReferenceDataLoaded]:
    """Start a load of the day's data, or join the one that runs. Raises `RPCError` when the server does not answer."""
    return await client.start_workflow(
        messages.REFERENCE_DATA,
        LoadReferenceData(trading_date),
        id=messages.reference_data_id(trading_date),
        task_queue=messages.ORDERS_QUEUE,
        result_type=ReferenceDataLoaded,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=f"Reference data for {trading_date or 'today'}",
        rpc_timeout=_CALL,
    )


async def schedule_reference_data(client: Client) -> None:
    """Have the data loaded on the mornings of weekdays; a schedule that is there is renewed and stays paused if it is.

    No date is given: in simulation the wall clock's is not the market's, so the load asks the market clock.
    """
    wanted = _schedule()
    try:
        await client.create_schedule(messages.REFERENCE_DATA_SCHEDULE_ID, wanted)
    except ScheduleAlreadyRunningError:
        handle = client.get_schedule_handle(messages.REFERENCE_DATA_SCHEDULE_ID)
        await handle.update(lambda found: _renewed(found, wanted))


def _renewed(found: ScheduleUpdateInput, wanted: Schedule) -> ScheduleUpdate:
    return ScheduleUpdate(replace(wanted, state=found.description.schedule.state))


def _schedule() -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            messages.REFERENCE_DATA,
            LoadReferenceData(),
            id=messages.reference_data_id(None),
            task_queue=messages.ORDERS_QUEUE,
            static_summary="Reference data for today",
        ),
        spec=ScheduleSpec(
            calendars=[
                ScheduleCalendarSpec(
                    hour=[ScheduleRange(hour)], minute=[ScheduleRange(minute)], day_of_week=[_WEEKDAYS]
                )
                for hour, minute in _MORNING_LOADS
            ],
            time_zone_name=_ZONE,
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=_CATCH_UP),
    )
