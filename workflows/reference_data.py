"""Loads one day's reference data, asking again for as long as the day lasts (VN-A9)."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.signatures import ReferenceDataActivities
from workflows import messages
from workflows.messages import LoadReferenceData, ReferenceDataLoaded

_DAY = timedelta(hours=26)
_ONE_TRY = timedelta(minutes=5)
_SIGN_OF_LIFE = timedelta(seconds=10)
# The exchanges publish until shortly before the open: a pause that grows must not miss that.
_AGAIN = RetryPolicy(
    initial_interval=timedelta(seconds=2), backoff_coefficient=1.5, maximum_interval=timedelta(seconds=30)
)


@workflow.defn(name=messages.REFERENCE_DATA)
class ReferenceDataWorkflow:
    @workflow.run
    async def run(self, asked: LoadReferenceData) -> ReferenceDataLoaded:
        loaded = await workflow.execute_activity_method(
            ReferenceDataActivities.load_reference_data,
            asked.trading_date,
            task_queue=messages.FEED_QUEUE,
            schedule_to_close_timeout=_DAY,
            start_to_close_timeout=_ONE_TRY,
            heartbeat_timeout=_SIGN_OF_LIFE,
            retry_policy=_AGAIN,
            summary=f"ask the broker for the securities of {asked.trading_date or 'today'}",
        )
        workflow.set_current_details(loaded.summary())
        return loaded
