"""The broker as the rest of the house sees it (`port`), and SSI FastConnect behind it (`fastconnect`)."""
