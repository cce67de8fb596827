"""Bodies of `/control/corporate-actions`; cash and prices are integer VND per share."""

from datetime import date
from typing import Self

from pydantic import BaseModel, Field, model_validator

from market.ex_dates import CorporateActionKind
from simulator.control.schemas import MAXIMUM_PRICE, Body

_MOST_SHARES = 1_000_000
_WITH_SHARES = "held and received (new shares for every held ones, such as 100 and 15)"
_WANTED = {
    CorporateActionKind.CASH_DIVIDEND: ({"cash"}, "cash (VND per share)"),
    CorporateActionKind.SHARE_DIVIDEND: ({"held", "received"}, _WITH_SHARES),
    CorporateActionKind.BONUS_ISSUE: ({"held", "received"}, _WITH_SHARES),
    CorporateActionKind.RIGHTS_ISSUE: ({"held", "received", "price"}, f"{_WITH_SHARES} and price (VND)"),
    CorporateActionKind.SPLIT: ({"held", "received"}, "held and received: 1 and 5 split, 10 and 1 merge shares"),
}
_EVERYWHERE = {"symbol", "kind", "pay_date"}
_FROM_TREASURY = {CorporateActionKind.SHARE_DIVIDEND, CorporateActionKind.BONUS_ISSUE}


class CorporateActionBody(Body):
    """Its ex-date is the next trading day. Cash and shares can be used from `pay_date` on, by default two trading days
    after the ex-date; a split counts at once. `treasury`: the shares come from the issuer's own, which widens the band.
    """

    symbol: str
    kind: CorporateActionKind
    cash: int | None = Field(default=None, gt=0, le=MAXIMUM_PRICE)
    held: int | None = Field(default=None, gt=0, le=_MOST_SHARES)
    received: int | None = Field(default=None, gt=0, le=_MOST_SHARES)
    price: int | None = Field(default=None, gt=0, le=MAXIMUM_PRICE)
    pay_date: date | None = None
    treasury: bool = False

    @model_validator(mode="after")
    def _has_what_its_kind_wants(self) -> Self:
        wanted, words = _WANTED[self.kind]
        given = {name for name, value in self if value not in (None, False)} - _EVERYWHERE
        if self.kind in _FROM_TREASURY:
            given.discard("treasury")
        if given != wanted:
            raise ValueError(f"{self.kind} takes {words}, and nothing else but pay_date{_treasury_too(self.kind)}")
        if self.kind is CorporateActionKind.SPLIT and self.held == self.received:
            raise ValueError("held and received must differ in a SPLIT; more received splits, fewer merge")
        return self


class CorporateActionView(BaseModel):
    """`base` and `reference` are null until the ex-date: the reference without the right, and as it was adjusted."""

    number: int
    symbol: str
    kind: CorporateActionKind
    ex_date: date
    pay_date: date
    cash: int
    held: int
    received: int
    price: int
    treasury: bool
    base: int | None
    reference: int | None


def _treasury_too(kind: CorporateActionKind) -> str:
    return " and treasury" if kind in _FROM_TREASURY else ""
