"""The sentences around the tables of the generated pages."""

RULES_HEAD = """\
# Market rules

What `market/` knows of HOSE, HNX and UPCOM since the KRX system went live on 2025-05-05. Code and tests cite these
ids. Times are Vietnam's, prices VND. This page is written by `python -m market.documents` from the rows that the code
runs on, so a row here is the rule that is applied; [fees](#fees-and-rounding) name the one exception.

Rules come from the exchanges' regulations as brokers publish them. Each row says how sure it is: H several agreeing
sources or the law's text, M one good source, L weak or differing sources, A our own choice where no source says; and
as of when its newest source speaks: the source's own date, or the day it was read where it carries none.

What the product sends of all this is `market/offering.py`; a type or phase outside it is denied with
`order_type_not_offered` or waits for the next phase inside it.
"""

RULES_TAIL = """\
## Fees and rounding

Commission and tax are computed on the gross value an order has traded **so far**, rounded half up to the dong; each
fill pays the difference to the fill before it. So the parts always add up to the whole, and a hold made at the limit
price with the commission on its whole value can never be exceeded by the fills
(`tests/orders/test_folding_properties.py`).

An account gets the rates of its plan and channel when it is opened, those of the rows with `from day value` 0, and
keeps them until a person sets others. Rows that begin at a higher value traded on the day are shown as SSI publishes
them and **not applied**: STAFF is charged its highest rate here, too much on days of high value and never too little.
Nor does SELF_DIRECTED end by itself after its first year (VN-C9): from then on too little is charged until a person
sets the plan. The comparison with the broker's balances shows either.

## Labels that the exchanges contradict

Some texts call MTL "fill or kill", MOK "immediate or cancel" and MAK "all or nothing", and give every exchange an
opening auction and a post-close session. The exchanges' rules are those above: MTL is market-to-limit, MOK is
fill-or-kill, MAK is immediate-or-cancel; the opening auction is HOSE's only, PLO is HNX's only, UPCOM has no auctions
and trades to 15:00.

## Two questions

`market.checks.exchange_violations` answers what the exchange would refuse at this instant.
`market.checks.order_violations` answers what cannot be sent now or later today; in between an order is held and sent
when its phase opens. Both return every broken rule at once, in the order of [the codes](rule-codes.md).

## To confirm before trading with real money

The closed days of 2027 from the notices; the texts of the 2025 regulations on orders, amendments, PLO and bands; when
SSI takes PLO and what it asks of the closing price; the price of an MTL's remainder at 10,000, 50,000, the ceiling
and the floor; the days of restricted securities on HNX and UPCOM; the largest order SSI takes there; what SSI sets
aside for orders without a price; odd lots in the closing auction.
"""

CODES_HEAD = """\
# Rule codes

Every reason an order or a change of it can be denied for, in the order in which they are reported. A code never
changes its meaning. Rules are defined in [market-rules.md](market-rules.md) (`VN`) and
[requirements.md](requirements.md) (`RK`). This page is written by `python -m market.documents`.
"""
