"""The price band of a covered warrant, which follows the band of its underlying share (VN-A8)."""

from fractions import Fraction

from market.bands import Band

_TICK = 10


def warrant_band(reference: int, underlying: Band, ratio: Fraction) -> Band:
    """The warrant's band; `ratio` warrants buy one share, often no whole number after an adjustment."""
    upper = reference + (underlying.ceiling - underlying.reference) / ratio
    lower = reference - (underlying.reference - underlying.floor) / ratio
    ceiling = upper // _TICK * _TICK
    floor = -(-lower // _TICK) * _TICK
    return Band(reference, ceiling, floor if floor > 0 else _TICK)
