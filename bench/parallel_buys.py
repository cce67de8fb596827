"""More buys at the same instant than the account has cash for."""

import asyncio
import time

from bench.accounts import POOR
from bench.plan import Plan
from bench.product import ACCEPTED, DENIED, Buy, Placed, Product
from bench.results import ParallelBuys
from bench.symbols import RESTING_SYMBOL
from local.failure import CannotRun
from orders.status import Status

_PATIENCE_SECONDS = 30.0
_LOOK_SECONDS = 0.5


async def parallel_buys(plan: Plan, product: Product, floor_price: int) -> ParallelBuys:
    """The buys rest at the exchange, so that none gives cash back before all are decided."""
    buy = Buy(RESTING_SYMBOL, floor_price, POOR)
    began = time.monotonic()
    answers = await asyncio.gather(*(product.place(buy) for _ in range(plan.parallel_buys)))
    seconds = round(time.monotonic() - began, 2)
    statuses = await _verdicts(product, answers)
    denied = statuses.count(Status.DENIED)
    return ParallelBuys(
        sent=plan.parallel_buys,
        affordable=plan.affordable_buys,
        accepted=len(statuses) - denied,
        denied=denied,
        answered_with_verdict=sum(answer.code in {ACCEPTED, DENIED} for answer in answers),
        seconds=seconds,
        cash_left=await product.cash(POOR),
    )


async def _verdicts(product: Product, answers: list[Placed]) -> list[str]:
    """The statuses once every order has its verdict: a POST that had to wait too long was answered without one."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while len(shown := await product.orders(answers)) < len(answers):
        if time.monotonic() > deadline:
            raise CannotRun(
                f"{len(answers) - len(shown)} parallel buys have no verdict after {_PATIENCE_SECONDS:.0f} s"
            )
        await asyncio.sleep(_LOOK_SECONDS)
    return [order.status for order in shown.values()]
