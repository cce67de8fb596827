"""Orders at a steady rate while processes are killed at random, and every one of them accounted for at the end."""
