"""Choices between behaviours that SSI's papers leave open."""

from dataclasses import dataclass


@dataclass(slots=True)
class Switches:
    """`http_errors`: a refusal also shows in the HTTP code, not only in the body's status."""

    http_errors: bool = False
