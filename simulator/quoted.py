"""What the automatic participants have in one security, as the journal keeps it."""

from dataclasses import dataclass

from simulator.book import Resting
from simulator.security import Board


@dataclass(frozen=True, slots=True)
class Quoted:
    """`middle` is what they hold it to be worth (VND), None as long as that is the last price.

    `order_ids` are their orders since they last quoted a board, `resting` those of them that still wait.
    """

    middle: int | None
    order_ids: dict[Board, list[str]]
    resting: dict[Board, list[Resting]]
