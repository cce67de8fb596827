"""One side effect each, thin: they join the pure rooms with the ledger and the broker."""
