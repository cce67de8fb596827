"""Pure reading of the market stream's messages, channels X, F, R, B and MI (FastConnect Data Specs 2.2).

It never raises: what has no known form is a value too. SSI sends numbers as doubles or text, and "NaN" for none.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from broker.fastconnect.wire_values import Fields, NotJson, WrongField, read_json, rounded
from broker.market_data import (
    DataNotUnderstood,
    ForeignRoom,
    IndexShown,
    Level,
    MarketMessage,
    OtherMarket,
    SessionShown,
    Snapshot,
    TradeBar,
)
from market.bands import Band
from market.calendar import VIETNAM
from market.feed_sessions import FeedSession
from market.vocabulary import Exchange, SecurityStatus

_LEVELS = range(1, 11)
_SESSIONS = {
    **{session.value: session for session in FeedSession},
    "H": FeedSession.HALT,
    "CLOSE": FeedSession.C,
}
# NL and ND are listed newly or not for long; ST (special) and SP (no put-through) tell nothing that we trade by.
_STATUSES = {
    **dict.fromkeys(("", "N", "NORMAL", "NL", "ND"), SecurityStatus.NORMAL),
    **dict.fromkeys(("H", "HALT"), SecurityStatus.HALTED),
    **dict.fromkeys(("S", "SA", "D"), SecurityStatus.SUSPENDED),
}
_EXCHANGES = {exchange.value: exchange for exchange in Exchange}
_OTHER_MARKETS = frozenset({"DER", "DERIVATIVES", "VNFE", "HNXBOND", "BOND"})


def read_market_message(raw: str, heard_at: datetime) -> MarketMessage:
    """One raw message; `heard_at` gives the day to messages that carry only a time of day."""
    channel = ""
    try:
        message = Fields(read_json(raw), "message")
        channel = message.text("DataType").upper()
        return _read(channel, _content(message), heard_at)
    except (NotJson, WrongField) as error:
        return DataNotUnderstood(channel, str(error))


def _content(message: Fields) -> Fields:
    """JSON text inside JSON; some samples show the object itself."""
    content = message.get("Content")
    return Fields(read_json(content) if isinstance(content, str) else content, "content")


def _read(channel: str, content: Fields, heard_at: datetime) -> MarketMessage:
    if _market(content) in _OTHER_MARKETS:
        return OtherMarket()
    if channel == "B":
        return _bar(content, heard_at)
    read = _READERS.get(channel)
    return read(content) if read else DataNotUnderstood(channel, f"channel {channel or 'none'} is not known")


def _session_shown(content: Fields) -> SessionShown:
    symbol = content.needed_text("Symbol")
    return SessionShown(symbol, _exchange(content), _at(content), _session(content), _status(content))


def _snapshot(content: Fields) -> Snapshot:
    return Snapshot(
        symbol=content.needed_text("Symbol"),
        exchange=_exchange(content),
        at=_at(content),
        band=_band(content),
        last=_price(content, "LastPrice"),
        last_quantity=_whole(content, "LastVol"),
        open=_price(content, "Open"),
        high=_price(content, "High"),
        low=_price(content, "Low"),
        volume=_whole(content, "TotalVol"),
        value=_whole(content, "TotalVal"),
        bids=_levels(content, "Bid"),
        asks=_levels(content, "Ask"),
        session=_session(content),
        status=_status(content),
    )


def _band(content: Fields) -> Band | None:
    """None where a figure is missing or they contradict each other: then the day's price list decides."""
    reference, ceiling, floor = (_price(content, name) for name in ("RefPrice", "Ceiling", "Floor"))
    if reference is None or ceiling is None or floor is None or not floor <= reference <= ceiling:
        return None
    return Band(reference, ceiling, floor)


def _levels(content: Fields, side: str) -> tuple[Level, ...]:
    """Levels that hold shares; SSI fills up the unused ones with 0."""
    levels = (
        Level(_price(content, f"{side}Price{number}") or 0, _whole(content, f"{side}Vol{number}")) for number in _LEVELS
    )
    return tuple(level for level in levels if level.quantity)


def _room(content: Fields) -> ForeignRoom:
    return ForeignRoom(
        symbol=content.needed_text("Symbol"),
        at=_at(content),
        total=content.count("TotalRoom"),
        current=content.count("CurrentRoom"),
        bought=_whole(content, "BuyVol"),
        sold=_whole(content, "SellVol"),
    )


def _bar(content: Fields, heard_at: datetime) -> TradeBar:
    """Channel B tells the time of day only, for securities and indexes alike."""
    day = heard_at.astimezone(VIETNAM).strftime("%d/%m/%Y")
    return TradeBar(
        symbol=content.needed_text("Symbol"),
        at=moment(day, content.needed_text("TradingTime")),
        open=content.decimal("Open"),
        high=content.decimal("High"),
        low=content.decimal("Low"),
        close=content.decimal("Close"),
        quantity=_whole(content, "Volume"),
    )


def _index(content: Fields) -> IndexShown:
    return IndexShown(
        index=content.needed_text("IndexId"),
        at=_at(content),
        value=content.decimal("IndexValue"),
        previous=_decimal(content, "PriorIndexValue"),
        volume=_whole(content, "TotalQtty"),
        traded_value=_whole(content, "TotalValue"),
        advances=_whole(content, "Advances"),
        declines=_whole(content, "Declines"),
        unchanged=_whole(content, "NoChanges"),
        ceilings=_whole(content, "Ceilings"),
        floors=_whole(content, "Floors"),
    )


def _market(content: Fields) -> str:
    return (content.text("Exchange") or content.text("MarketId")).upper()


def _exchange(content: Fields) -> Exchange:
    name = _market(content)
    if name not in _EXCHANGES:
        raise WrongField(f"content.Exchange is {name or 'missing'}, not one of {', '.join(_EXCHANGES)}")
    return _EXCHANGES[name]


def _session(content: Fields) -> FeedSession | None:
    return _SESSIONS.get(content.text("TradingSession").upper())


def _status(content: Fields) -> SecurityStatus | None:
    return _STATUSES.get(content.text("TradingStatus").upper())


def _at(content: Fields) -> datetime:
    return moment(content.needed_text("TradingDate"), content.needed_text("Time"))


def moment(day: str, time_of_day: str) -> datetime:
    """`dd/mm/yyyy` and `hh:mm:ss` in Vietnam as UTC. Raises `WrongField`."""
    try:
        return datetime.strptime(f"{day} {time_of_day}", "%d/%m/%Y %H:%M:%S").replace(tzinfo=VIETNAM).astimezone(UTC)
    except ValueError:
        raise WrongField(f"{day!r} and {time_of_day!r} are no date and time") from None


def _price(content: Fields, name: str) -> int | None:
    """Whole VND; 0, nothing and NaN mean that there is none."""
    value = rounded(_decimal(content, name))
    return value if value > 0 else None


def _whole(content: Fields, name: str) -> int:
    return rounded(_decimal(content, name))


def _decimal(content: Fields, name: str) -> Decimal:
    """0 where SSI has no figure; it writes none as nothing, null or NaN."""
    if content.text(name).upper() in ("", "NAN"):
        return Decimal(0)
    return content.decimal(name)


_READERS: Mapping[str, Callable[[Fields], MarketMessage]] = {
    "X": _snapshot,
    "F": _session_shown,
    "R": _room,
    "MI": _index,
}
