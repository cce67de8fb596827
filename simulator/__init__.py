"""A stand-in for SSI FastConnect and the three exchanges: SSI's wire from the server side, with a clock one can set."""
