"""The simulator's memory on disk: one table of records in SQLite; a write has been synced when it returns.

All SQL of the simulator is here. What matters to a client is stored: its orders, accounts, request ids, requests taken
but not yet carried out, messages of the day, the clock. So are the orders of the automatic participants, so that a
kill does not change the market; each order keeps its place in the book by its arrival.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self


class Kind(StrEnum):
    """What a record is; the key is unique within its kind."""

    META = "meta"
    ACCOUNT = "account"
    ORDER = "order"
    PARTICIPANT_ORDER = "participant_order"
    QUOTED = "quoted"
    SECURITY = "security"
    REQUEST = "request"
    INBOX = "inbox"
    MESSAGE = "message"
    HISTORY_ORDER = "history_order"
    HISTORY_DAY = "history_day"
    MINUTE_BAR = "minute_bar"


@dataclass(slots=True)
class Batch:
    """One transaction: whole kinds to forget, then records to store, then records to forget."""

    forget_kinds: list[Kind] = field(default_factory=list)
    puts: list[tuple[Kind, str, str]] = field(default_factory=list)
    deletes: list[tuple[Kind, str]] = field(default_factory=list)
    forget_before: list[tuple[Kind, str]] = field(default_factory=list)


class Journal:
    def __init__(self, path: Path) -> None:
        self._path = path
        # The writing thread is not the one that opened the file; writes never overlap.
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS record"
            " (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def write(self, batch: Batch) -> None:
        """Store `batch` whole or not at all; when this returns it is on the disk."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._apply(batch)
        except sqlite3.Error:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _apply(self, batch: Batch) -> None:
        connection = self._connection
        connection.executemany("DELETE FROM record WHERE kind = ?", [(kind,) for kind in batch.forget_kinds])
        connection.executemany("DELETE FROM record WHERE kind = ? AND key < ?", batch.forget_before)
        connection.executemany(
            "INSERT INTO record (kind, key, value) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
            batch.puts,
        )
        connection.executemany("DELETE FROM record WHERE kind = ? AND key = ?", batch.deletes)

    def read(self, kind: Kind, from_key: str = "", below_key: str = "~") -> list[tuple[str, str]]:
        """Key and value of the records of `kind` with `from_key` <= key < `below_key`, in the order of the keys."""
        # A connection of its own sees only what is committed, whatever the writing thread is doing.
        with closing(sqlite3.connect(self._path)) as reader:
            rows = reader.execute(
                "SELECT key, value FROM record WHERE kind = ? AND key >= ? AND key < ? ORDER BY key",
                (kind, from_key, below_key),
            )
            return [(str(key), str(value)) for key, value in rows]
