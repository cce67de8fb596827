"""Which of the exchanges' order types and phases this product sends into; the exchanges' own rules stay whole."""

from dataclasses import dataclass

from market.vocabulary import OrderType, PhaseName

CONTINUOUS = frozenset({PhaseName.CONT_AM, PhaseName.CONT_PM})
AUCTIONS = frozenset({PhaseName.OPEN_AUCTION, PhaseName.PERIODIC_AUCTION, PhaseName.CLOSE_AUCTION})


@dataclass(frozen=True, slots=True)
class Offering:
    """An order of another type, or for a phase outside `phases`, is not sent although the exchange would take it."""

    types: frozenset[OrderType]
    phases: frozenset[PhaseName]

    @property
    def restricted_securities(self) -> bool:
        """Whether securities that trade by periodic auctions or on some days only are traded at all (VN-A10)."""
        return PhaseName.PERIODIC_AUCTION in self.phases


CONTINUOUS_LIMIT_ORDERS = Offering(frozenset({OrderType.LO}), CONTINUOUS)
EVERYTHING = Offering(frozenset(OrderType), CONTINUOUS | AUCTIONS | {PhaseName.PLO})

OFFERED = EVERYTHING
"""What the product sends; the one line that decides it."""
