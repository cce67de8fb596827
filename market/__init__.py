"""The exchanges' rules as pure functions over small tables: no clock, no randomness, no input or output."""
