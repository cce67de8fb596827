"""What is traded: orders of one lot in cheap securities, some offered without end and some by nobody."""

SHARES = 100
FILLING_SYMBOLS = ("HAG", "POW", "VND", "HCM", "MBB")
"""A participant offers these at the reference price; a buy at the ceiling is filled whole and at once."""
RESTING_SYMBOL = "ACB"
"""Nobody offers this one: a buy at the floor stays in the book."""
OFFERED_SHARES = 5_000_000
LARGEST_ORDER = 500_000
"""Shares in one order that HOSE takes (VN-A6)."""
