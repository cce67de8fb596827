"""The floor: the least that a durable order costs on this Temporal server, with nothing of the product in it.

Update-with-start with one local activity, one activity, two signals with one local activity each, completion.
"""

from datetime import timedelta

from temporalio import activity, workflow

FLOOR_QUEUE = "bench-floor"
BARE_ORDER = "BareOrder"
PLACE = "place"
FILL = "fill"
FILLS = 2
_PATIENCE = timedelta(seconds=5)


@activity.defn
async def nothing(order_id: str) -> str:
    return order_id


@workflow.defn(name=BARE_ORDER)
class BareOrder:
    def __init__(self) -> None:
        self._accepted = False
        self._fills = 0
        self._booked = 0

    @workflow.run
    async def run(self, order_id: str) -> int:
        await self._locally(order_id)
        self._accepted = True
        await workflow.execute_activity(nothing, order_id, start_to_close_timeout=_PATIENCE)
        for _ in range(FILLS):
            await workflow.wait_condition(lambda: self._fills > self._booked)
            await self._locally(order_id)
            self._booked += 1
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._booked

    @workflow.update(name=PLACE)
    async def place(self) -> bool:
        await workflow.wait_condition(lambda: self._accepted)
        return True

    @workflow.signal(name=FILL)
    def fill(self) -> None:
        self._fills += 1

    async def _locally(self, order_id: str) -> None:
        await workflow.execute_local_activity(nothing, order_id, start_to_close_timeout=_PATIENCE)
