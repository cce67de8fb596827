"""The faults now switched on: for a number of times, by chance, and only for some call, account or symbol."""

from dataclasses import dataclass, field, replace
from random import Random

from simulator.fault_kinds import FaultKind

__all__ = ["Fault", "FaultKind", "Faults", "Occasion"]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Where a fault could happen: the last part of the call's URL, the page it asks for, and whose order is meant.

    On one that is `named_only` no fault happens that names no call.
    """

    path: str = ""
    account: str = ""
    symbol: str = ""
    page: int = 1
    named_only: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Empty `path`, `account` and `symbol` stand for any, in any case; `times` None lasts until it is cleared."""

    kind: FaultKind
    path: str = ""
    times: int | None = 1
    value: int = 0
    probability: float = 1.0
    account: str = ""
    symbol: str = ""

    def fits(self, kind: FaultKind, occasion: Occasion) -> bool:
        return (
            self.kind is kind
            and self._fits_path(occasion)
            and self.account in ("", occasion.account)
            and self.symbol.upper() in ("", occasion.symbol.upper())
            and (kind is not FaultKind.BOOK_PAGE_FAILS or self.value in (0, occasion.page))
        )

    def _fits_path(self, occasion: Occasion) -> bool:
        return self.path.lower() == occasion.path.lower() or not (self.path or occasion.named_only)


@dataclass(slots=True)
class Faults:
    """The faults still to happen, used up in the order in which they were set; chance comes from a seeded source."""

    random: Random = field(default_factory=lambda: Random(0))  # noqa: S311 - a repeatable market, nothing secret
    pending: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        self.pending.append(fault)

    def clear(self) -> None:
        self.pending.clear()

    def draw(self, kind: FaultKind, occasion: Occasion = Occasion()) -> Fault | None:
        """Use up one occurrence of `kind` on `occasion`; None when none is set or chance decides against it."""
        for fault in self.pending:
            if fault.fits(kind, occasion) and self._happens(fault):
                self._use(fault)
                return fault
        return None

    def _use(self, used: Fault) -> None:
        if used.times is not None:
            left = [replace(used, times=used.times - 1)] if used.times > 1 else []
            place = self.pending.index(used)
            self.pending[place : place + 1] = left

    def _happens(self, fault: Fault) -> bool:
        return fault.probability >= 1.0 or self.random.random() < fault.probability
