"""What the API reads: frozen values, never rows."""
