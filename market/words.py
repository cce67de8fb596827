"""How both languages say what the rules speak of: the Vietnamese words of the closed sets, and numbers with separators.

A sentence in Vietnamese takes its words from here, never a value of `market.vocabulary` but for the exchanges' own
codes (LO, ATO, HOSE).
"""

from collections.abc import Sequence

from market.vocabulary import PhaseName, SecurityStatus, Side

SIDE_VI: dict[Side, str] = {Side.BUY: "mua", Side.SELL: "bán"}

STATUS_VI: dict[SecurityStatus, str] = {
    SecurityStatus.NORMAL: "giao dịch bình thường",
    SecurityStatus.WARNED: "bị cảnh báo",
    SecurityStatus.CONTROLLED: "bị kiểm soát",
    SecurityStatus.RESTRICTED: "bị hạn chế giao dịch",
    SecurityStatus.HALTED: "tạm ngừng giao dịch",
    SecurityStatus.SUSPENDED: "bị đình chỉ giao dịch",
}

PHASE_VI: dict[PhaseName, str] = {
    PhaseName.CLOSED: "thời gian ngoài giờ giao dịch",
    PhaseName.OPEN_AUCTION: "phiên khớp lệnh định kỳ xác định giá mở cửa (ATO)",
    PhaseName.CONT_AM: "phiên khớp lệnh liên tục buổi sáng",
    PhaseName.BREAK: "giờ nghỉ trưa",
    PhaseName.CONT_PM: "phiên khớp lệnh liên tục buổi chiều",
    PhaseName.PERIODIC_AUCTION: "đợt khớp lệnh định kỳ",
    PhaseName.CLOSE_AUCTION: "phiên khớp lệnh định kỳ xác định giá đóng cửa (ATC)",
    PhaseName.PLO: "phiên giao dịch sau giờ (PLO)",
    PhaseName.HALTED: "thời gian tạm ngừng giao dịch",
}


def figure(number: int) -> str:
    """1,000,000"""
    return f"{number:,}"


def figure_vi(number: int) -> str:
    """1.000.000"""
    return figure(number).replace(",", ".")


def figures(numbers: Sequence[int]) -> str:
    """1,000 or 2,000"""
    return either([figure(number) for number in numbers], "or")


def figures_vi(numbers: Sequence[int]) -> str:
    """1.000 hoặc 2.000"""
    return either([figure_vi(number) for number in numbers], "hoặc")


def either(words: Sequence[str], last: str) -> str:
    """`a, b or c`, with the language's own word before the last of at least one."""
    *others, final = words
    return f"{', '.join(others)} {last} {final}" if others else final
