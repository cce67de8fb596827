"""All that a step changes, sent to the server as one statement: each statement costs a round trip and its share of CPU.

PostgreSQL runs the parts on one snapshot and checks foreign keys at the end, so parts may refer to each other's rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Change:
    """Common table expressions that change rows, without the word WITH, and the values of their parameters.

    Names are unique among the changes of one statement; parameters of the same name have the same value.
    """

    sql: str
    values: Mapping[str, Any]


async def write(connection: AsyncConnection, *changes: Change, returning: str = "1") -> Any:
    """Make all changes; the row of `returning`, which may read what a change returned."""
    values = {name: value for change in changes for name, value in change.values.items()}
    statement = _joined(tuple(change.sql for change in changes), returning)
    return (await connection.execute(statement, values)).one()


@cache
def _joined(parts: tuple[str, ...], returning: str) -> TextClause:
    return text(f"WITH {', '.join(parts)} SELECT {returning}")
