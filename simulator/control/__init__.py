"""`/control`: a JSON API for tests and people to set the clock, add participants and see what the simulator knows."""
