"""Pure pre-trade checks of a firm's own limits over a snapshot of the account."""
