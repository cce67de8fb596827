"""Durable processes: one per order, one per broker connection, one for the trading day. Deterministic code only."""
