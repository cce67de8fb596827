"""Orders at a steady rate while processes are killed and faults happen at random, and every one accounted for."""
