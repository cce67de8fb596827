"""Whether a connection may send orders, as its workflow remembers and tells it; never with a code in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AccessState(StrEnum):
    SIGNED_IN = "signed_in"
    CODE_NEEDED = "code_needed"
    SIGNED_OUT = "signed_out"


class AccessTrouble(StrEnum):
    """What a person is alerted of."""

    CODE_OVERDUE = "code_overdue"
    LOGIN_REFUSED = "login_refused"


@dataclass(frozen=True, slots=True)
class AccessFound:
    """What one look found: `until` is the end of the right to send orders, or when a code is needed at the latest.

    `refused`: the broker said no, so somebody must look at the credentials. `by_code` is False for connections that
    never need a person; `code_taken`: this look signed in with a code. At `look_again_at` this may have changed.
    """

    state: AccessState
    by_code: bool
    seen_at: datetime
    look_again_at: datetime
    text: str = ""
    until: datetime | None = None
    codes_left: int | None = None
    refused: bool = False
    code_taken: bool = False


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """The broker was asked for a code, or was not, and why; `codes_left` as the worker counts, None if it did not
    say."""

    asked_at: datetime
    text: str
    codes_left: int | None = None


@dataclass(frozen=True, slots=True)
class CodeTask:
    """A person is to enter a code by `until`; `asked`: the house has asked the broker for one by itself."""

    until: datetime
    asked: bool = False
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class AccessView:
    """What the workflow tells: the last look, the open task, and what came of the last request for a code.

    `asked`: codes asked for since one was taken, also by workers that are gone and have forgotten; `most` may be.
    """

    connection_id: str
    found: AccessFound
    task: CodeTask | None = None
    request: CodeRequest | None = None
    asked: int = 0
    most: int = 0

    @property
    def codes_left(self) -> int | None:
        """How many more codes can be asked for; None while nobody has told how many may be."""
        if not self.most:
            return None
        told = self.most if self.found.codes_left is None else self.found.codes_left
        return max(0, min(told, self.most - self.asked))


@dataclass(frozen=True, slots=True)
class AccessStart:
    """What a run starts from; all but the connection is carried over from the run before it."""

    connection_id: str
    view: AccessView | None = None
    refusal: str = ""
    code_wanted: bool = False


@dataclass(frozen=True, slots=True)
class AccessAlert:
    """`key` names the fact, so that it is raised once."""

    connection_id: str
    trouble: AccessTrouble
    key: str
    text: str
