"""The exchanges' rules as pure functions over small tables: no input or output, no clock, no randomness."""
