"""Reading the words clients use for order types and times in force, with a hint for those nobody offers."""

from market.violations import RuleCode, Violation
from market.vocabulary import OrderType, TimeInForce

_PUT_THROUGH = frozenset({"PT", "PUT_THROUGH", "PUTTHROUGH", "BUY_IN"})

# What a client of other markets means, and what the exchanges have for it (VN-B).
_ONE_DAY = ("every order lives for one trading day", "mọi lệnh chỉ có hiệu lực trong một ngày giao dịch")
_AGAIN = (f"{_ONE_DAY[0]}; place it again tomorrow", f"{_ONE_DAY[1]}; hãy đặt lại vào ngày mai")
_AT_OPEN = ("send the order type ATO instead", "hãy dùng loại lệnh ATO")
_AT_CLOSE = ("send the order type ATC instead", "hãy dùng loại lệnh ATC")
_INSTEAD = {
    "IOC": (
        "MAK on HNX is the market order of which the rest is cancelled",
        "lệnh MAK trên HNX là lệnh thị trường mà phần chưa khớp bị hủy ngay",
    ),
    "FOK": (
        "MOK on HNX is the market order that fills whole or not at all",
        "lệnh MOK trên HNX là lệnh thị trường khớp toàn bộ hoặc hủy toàn bộ",
    ),
    "GTC": _AGAIN,
    "GTD": _AGAIN,
    "ATO": _AT_OPEN,
    "OPG": _AT_OPEN,
    "ATC": _AT_CLOSE,
    "CLS": _AT_CLOSE,
}


def order_type_named(text: str) -> OrderType | Violation:
    """The order type of that name in any case; MP is refused with its present name (VN-C4)."""
    name = text.strip().upper()
    if name in OrderType.__members__:
        return OrderType[name]
    known = ", ".join(OrderType)
    if name == "MP":
        return Violation(
            RuleCode.ORDER_TYPE_RENAMED,
            "VN-C4",
            "MP has been called MTL since 2025-05-05; send MTL.",
            "Lệnh MP đã đổi thành MTL từ 05/05/2025; hãy dùng MTL.",
            given=text,
            allowed=OrderType.MTL.value,
        )
    if name in _PUT_THROUGH:
        return Violation(
            RuleCode.PUT_THROUGH_NOT_OFFERED,
            "VN-D4",
            "Put-through and buy-in trades are not offered by this service.",
            "Dịch vụ không nhận giao dịch thỏa thuận và mua bắt buộc.",
            given=text,
            allowed=known,
        )
    return Violation(
        RuleCode.ORDER_TYPE_UNKNOWN,
        "VN-A2",
        f"{text!r} is not an order type; the exchanges have {known}.",
        f"{text!r} không phải loại lệnh; các sở nhận {known}.",
        given=text,
        allowed=known,
    )


def time_in_force_named(text: str) -> TimeInForce | Violation:
    """DAY, or a refusal that says what to send instead (VN-C1)."""
    name = text.strip().upper()
    if name in TimeInForce.__members__:
        return TimeInForce[name]
    hint, hint_vi = _INSTEAD.get(name, _ONE_DAY)
    return Violation(
        RuleCode.TIME_IN_FORCE_NOT_OFFERED,
        "VN-C1",
        f"Time in force {text!r} is not offered, only DAY: {hint}.",
        f"Không hỗ trợ hiệu lực {text!r}, chỉ nhận DAY (trong ngày): {hint_vi}.",
        given=text,
        allowed=TimeInForce.DAY.value,
    )
