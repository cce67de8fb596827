"""Fixtures of the tests that trade on the shared stack."""

from tests.support.trading import trading

__all__ = ["trading"]
