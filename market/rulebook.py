"""Every rule by its id: what it says, which tables and files hold it, how sure it is and who says so."""

from dataclasses import dataclass

from market.citations import Citation, Confidence, cite

_HIGH, _MEDIUM, _LOW, _ASSUMED = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW, Confidence.ASSUMED


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in words; `where` names the files of `market/`, or of other rooms, that carry it out."""

    text: str
    where: tuple[str, ...]
    cited: Citation

    @property
    def id(self) -> str:
        return self.cited.rule


RULES: tuple[Rule, ...] = (
    Rule(
        "HOSE: opening auction 09:00-09:15, continuous 09:15-11:30 and 13:00-14:30, closing auction 14:30-14:45. HNX: "
        "continuous 09:00-11:30 and 13:00-14:30, closing auction 14:30-14:45, post-close (PLO) 14:45-15:00. UPCOM: "
        "continuous 09:00-11:30 and 13:00-15:00. Intervals hold their start and not their end. A make-up working "
        "Saturday is not a trading day, and there are no half days",
        ("market/sessions.py", "market/phases.py"),
        cite("VN-A1", _HIGH, "S1 S2 S3 S5 S7 S8 S10 S11 S15"),
    ),
    Rule(
        "Which type a phase takes: LO in every phase but the break and PLO; ATO in HOSE's opening auction only; ATC in "
        "closing auctions; MTL on HOSE and HNX, MOK and MAK on HNX in continuous phases; PLO on HNX after 14:45; "
        "restricted HOSE stocks LO in periodic auctions. A broker may hold an order until its phase",
        ("market/order_types.py", "market/time_checks.py", "market/offering.py"),
        cite("VN-A2", _HIGH, "S1 S2 S3 S5 S7 S8 S10 S11 S14 S15"),
    ),
    Rule(
        "Cancel and amend in continuous phases only; never in the break or an auction, also for orders carried into "
        "it; in a periodic auction not in its last 5 minutes; PLO never. One amendment changes the price or the "
        "quantity, never both. A smaller quantity keeps its time priority, more shares or a new price lose it",
        ("market/permissions.py", "market/amendments.py"),
        cite("VN-A3", _HIGH, "S1 S2 S3 S5 S6 S7 S9 S16 S17 S18 S58"),
    ),
    Rule(
        "LO carries a price and lives to the end of the closing auction (HOSE, HNX 14:45; UPCOM 15:00). ATO dies at "
        "09:15, ATC at 14:45, PLO at 15:00. MTL is market-to-limit, MOK fill-or-kill, MAK immediate-or-cancel; none of "
        "them carries a price",
        ("market/order_types.py", "market/sending.py", "market/price_checks.py"),
        cite("VN-A4", _HIGH, "S1 S2 S7 S17 S59"),
    ),
    Rule(
        "Ticks. HOSE shares and funds: 10 below 10,000, 50 below 50,000, 100 from there; HOSE ETF and covered warrants "
        "10; HNX and UPCOM 100, also for kinds of which no text speaks; HNX ETF 1; put-through 1. The price itself "
        "chooses its tick",
        ("market/ticks.py", "market/price_checks.py"),
        cite("VN-A5", _HIGH, "S15 S23 S24 S58"),
    ),
    Rule(
        "Round lots of 100, odd lots of 1 to 99; at most 500,000 shares per order on HOSE; put-through from 20,000 "
        "(HOSE), 5,000 (HNX) and 1 share (UPCOM)",
        ("market/lots.py", "market/quantity_checks.py", "market/put_through.py"),
        cite("VN-A6", _HIGH, "S15 S19 S24 S72"),
    ),
    Rule(
        "Band around the reference: HOSE 7 %, HNX 10 %, UPCOM 15 %; first day, return after more than 25 sessions and "
        "the ex-date of a dividend in treasury shares 20, 30 and 40 %",
        ("market/bands.py", "market/price_checks.py"),
        cite("VN-A7", _HIGH, "S15 S19 S25 S55"),
    ),
    Rule(
        "Ceiling rounds down to a tick, floor up; a band that collapses on the reference opens by one tick each way; a "
        "floor at or below zero is the reference. A covered warrant's band is its share's way to ceiling and floor "
        "divided by the ratio, compared where a person has told which share it buys at which ratio. Integers and "
        "fractions only. The exchange's own figures win over computed ones, which cross-check them: no order's price "
        "is ever judged by a computed band. A security whose band of the day was not told is left out of the day's "
        "data and its orders are denied with `unknown_symbol`, before the day's load with `reference_data_missing` "
        "(`tests/ledger/test_rules_before_the_send.py::"
        "test_no_band_is_computed_for_a_security_whose_band_of_the_day_was_not_told`, "
        "`tests/broker/test_data.py::test_a_symbol_without_a_usable_band_is_left_out`). The one use of a computed "
        "ceiling beside the comparison is how much cash a buy without a price sets aside while it waits for another "
        "day; it is checked again with that day's own band",
        ("market/bands.py", "market/warrants.py", "market/band_checks.py", "market/instrument_words.py"),
        cite("VN-A8", _HIGH, "S17 S19 S24 S25 S26"),
    ),
    Rule(
        "The day's reference price comes from the day's data: on HOSE and HNX the last close, on UPCOM the average of "
        "the last day's order matching. Yesterday's data is never used for today's order. A security that others' data "
        "do not name is unknown; before the day's load no security is, and a closed day has data for none",
        ("market/instrument.py", "market/listing_checks.py", "ledger/instruments.py"),
        cite("VN-A9", _HIGH, "S3 S15 S17 S19 S25 S59"),
    ),
    Rule(
        "Warned and controlled securities trade as usual; restricted ones on HOSE by periodic auctions all day; halted "
        "and suspended ones not at all. On a first day or a day of return there are no odd lots before a round-lot "
        "price, and no put-through (on UPCOM until there is a price). Whether an exchange cancels orders of a halted "
        "security is not told: a cancel goes out by the exchange's phases and the broker's word decides; a new price "
        "or more shares are refused like an order. No list of the broker tells a status other than a halt: a person "
        "says it, for the days from one to another, and a halt that the market's data show counts before it",
        (
            "market/statuses.py",
            "market/instrument_words.py",
            "market/listing_checks.py",
            "market/quantity_checks.py",
            "market/put_through.py",
            "market/permissions.py",
            "market/amendments.py",
        ),
        cite("VN-A10", _HIGH, "S5 S6 S10 S15 S16 S17 S27 S45"),
    ),
    Rule(
        "Settlement T+2, usable from 13:00; only settled shares can be sold; a buy needs its cash before the order; "
        "commission per account and channel; 0.1 % tax on the gross value of a sale; foreign room falls when a buy is "
        "entered",
        ("market/calendar.py", "market/fees.py", "market/investor_checks.py", "risk/checks.py"),
        cite("VN-A11", _HIGH, "S9 S16 S29 S33 S35 S47"),
    ),
    Rule(
        "Closed days of 2025 and 2026 as announced or known, 2026-11-24 expected by law; other years are guessed from "
        "the legal holidays until their notice. A person's override stands above the table",
        ("market/closed_days.py", "market/calendar.py"),
        cite("VN-A12", _HIGH, "S38 S39 S41 S42 S44"),
    ),
    Rule(
        "Labels in circulation that the exchanges contradict, see below",
        ("market/naming.py", "market/order_types.py"),
        cite("VN-B", _HIGH, "S1 S2 S4 S5 S8 S12 S20 S21"),
    ),
    Rule(
        "Held orders go out when their phase starts; at 14:30 resting orders are carried into the auction and frozen; "
        "all orders are day orders. The feed's session state counts, the clock is the fallback: exchanges stretch and "
        "halt phases",
        (
            "market/feed_sessions.py",
            "market/feed_phases.py",
            "market/deviations.py",
            "market/naming.py",
            "market/sending.py",
        ),
        cite("VN-C1", _HIGH, "S5 S7 S17 S37 S54"),
    ),
    Rule(
        "On an ex-date the reference is adjusted for the right; how it is rounded was not found, so the reference is "
        "read from the day's data and never computed for an order",
        ("market/band_checks.py", "market/ex_dates.py"),
        cite("VN-C2", _LOW, "S20 S53 S62 S63"),
    ),
    Rule(
        "An auction clears at the price with the largest volume at which every better order is filled; then where one "
        "side is filled whole; then nearest to the last price; then the higher. A buy ATO or ATC stands one tick above "
        "the best LO bid (at most the ceiling), or at the highest sell or the reference if higher; a sell the other "
        "way. Without an LO the price is the reference, one tick up when buys exceed sells, one down when sells do",
        ("market/auction.py",),
        cite("VN-C3", _HIGH, "S4 S16 S17 S20 S64"),
    ),
    Rule(
        "MTL sweeps the other side and the rest becomes an LO one tick past the last fill, at most the ceiling, at "
        "least the floor; MOK fills whole or not at all; MAK fills what it can; each is cancelled at once when no "
        "limit order stands opposite. MP is MTL's name before 2025-05-05. One tick down from exactly 10,000 or 50,000 "
        "on HOSE is the next valid lower price (9,990; 49,950), which is our reading",
        ("market/matching.py", "market/ticks.py", "market/naming.py"),
        cite("VN-C4", _HIGH, "S1 S2 S4 S12 S20 S21 S53"),
    ),
    Rule(
        "Since KRX HOSE too amends a quantity. Not found: a new quantity at or below the filled one, and a change "
        "between the boards of round and odd lots; both are refused here",
        ("market/amendments.py",),
        cite("VN-C5", _ASSUMED, "S9 S16 S67"),
    ),
    Rule(
        "Odd lots trade on a board of their own, LO only, with the round lot's tick and band, also in auctions since "
        "KRX; not for restricted HOSE stocks",
        ("market/lots.py", "market/quantity_checks.py"),
        cite("VN-C6", _MEDIUM, "S1 S6 S7 S8 S10 S27 S60"),
    ),
    Rule(
        "In one auction an investor, over all accounts, enters orders on one side of a symbol only; orders carried in "
        "do not count, and an auction that is halted and goes on is one. In continuous trading own orders must not be "
        "made to meet: a warning, which a preview tells and the answer to a placement does not. A buy without a price "
        "sets aside the ceiling, PLO the closing price once it is known (our choice). A foreign buy beyond the room is "
        "refused",
        ("market/investor_checks.py", "market/reserve.py", "market/post_close.py"),
        cite("VN-C7", _HIGH, "S9 S16 S18 S33 S37 S68"),
    ),
    Rule(
        "The December list is not final: 2026-01-02 was closed although it is not in it, and 2026-11-24 became a "
        "holiday in January. The feed's sessions are compared with the table",
        ("market/closed_days.py", "market/feed_sessions.py"),
        cite("VN-C8", _MEDIUM, "S40 S41 S42 S43 S44"),
    ),
    Rule(
        "Accounts opened by their owner from 2024-04-04 on pay only the exchange's fee of 0.027 % for a year: the fee "
        "is the account's",
        ("market/fees.py",),
        cite("VN-C9", _MEDIUM, "S35 S36 S53"),
    ),
    Rule(
        "ATO and ATC priority: sources differ between a flat one and pricing beside limit orders; the exact pricing of "
        "VN-C3 is taken",
        ("market/auction.py",),
        cite("VN-D1", _MEDIUM, "S1 S4 S12 S16 S57"),
    ),
    Rule(
        "The rest of an MTL: one tick past the last fill, against two texts that say at the last price",
        ("market/matching.py",),
        cite("VN-D2", _MEDIUM, "S1 S12 S20 S21 S22 S66"),
    ),
    Rule(
        "PLO is taken 14:45-15:00 and not expected to fill before 14:55; it needs a closing price made today. How PLO "
        "orders share the volume differs by source: by time here",
        ("market/post_close.py", "market/sessions.py", "market/time_checks.py"),
        cite("VN-D3", _MEDIUM, "S2 S7 S11 S13 S15 S20 S69"),
    ),
    Rule(
        "Buy-in has a board of its own that clients never reach; like put-through it is not offered",
        ("market/naming.py",),
        cite("VN-D4", _MEDIUM, "S9 S70"),
    ),
    Rule(
        "Restricted securities of HNX and UPCOM trade on Fridays only: the rule before KRX, nothing dated after it",
        ("market/statuses.py",),
        cite("VN-D5", _LOW, "S7 S45"),
    ),
    Rule(
        "No maximum per order was found for HNX and UPCOM; 999,900, a known gateway limit, stands in, and the broker's "
        "refusal wins",
        ("market/lots.py",),
        cite("VN-D6", _ASSUMED, "S28"),
    ),
    Rule(
        "Put-through on HOSE and HNX runs to 15:00; from 14:45 on a board of its own",
        ("market/put_through.py",),
        cite("VN-D7", _MEDIUM, "S5 S7 S10"),
    ),
    Rule(
        "UPCOM's band is 15 %; one page prints 10 %",
        ("market/bands.py",),
        cite("VN-D8", _MEDIUM, "S3 S15 S25"),
    ),
    Rule(
        "First-day odd lots on HNX: until a round-lot price is set, against one text that bars them all day",
        ("market/quantity_checks.py",),
        cite("VN-D9", _MEDIUM, "S15 S23 S25 S27"),
    ),
    Rule(
        "Closed days of 2026: 12 announced, at least 13 happened, 14 expected",
        ("market/closed_days.py",),
        cite("VN-D10", _MEDIUM, "S38 S40 S43"),
    ),
    Rule(
        "UPCOM's reference averages continuous or round-lot trades, the same in practice; it comes from the feed",
        ("market/instrument.py",),
        cite("VN-D11", _MEDIUM, "S3 S25 S71"),
    ),
    Rule(
        "Worked cases with numbers; each is a test by its number",
        ("tests/market/test_worked_cases.py", "tests/market/test_matching_cases.py"),
        cite("VN-E", _HIGH, "S15 S16 S40 S55"),
    ),
    Rule(
        "Companies move between exchanges, so a symbol's exchange is read with each day's data and never inferred",
        ("market/listing_checks.py",),
        cite("VN-G", _MEDIUM, "S49"),
    ),
)
