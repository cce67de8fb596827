"""PostgreSQL: money, shares, orders as booked, and the broker's messages. All SQL of the product lives here."""
