"""Measures the running product: how fast it is beside the bare platform, and that it survives what is done to it."""
