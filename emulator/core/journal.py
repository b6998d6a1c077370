"""SqliteJournal: one SQLite file behind the store.

Theory of operation. The working set lives in dicts; the file only has to say, after any end of the process, what the
last commit knew. So there is one table of rows (table, account, region, part, key) -> JSON, written with one
transaction per commit, and it is read once, at start. The file is in WAL mode with synchronous=NORMAL: a commit is in
the operating system's hands when `write` returns, so `kill -9` loses nothing; a power cut may lose the last commits,
never the file's integrity.
"""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from emulator.core.scope import Scope
from emulator.core.store import Changes, TableId

SCHEMA_VERSION = 1
MIGRATIONS: dict[int, Callable[[sqlite3.Connection], None]] = {}
"""From each older schema version, what makes the file one of the next version."""

CREATE = """
CREATE TABLE IF NOT EXISTS rows (
    sequence INTEGER PRIMARY KEY,
    name TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, part TEXT NOT NULL, key TEXT NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (name, account, region, part, key)
)
"""
# An update keeps its sequence, so that tables are read back in the order of their first put.
PUT = """
INSERT INTO rows (name, account, region, part, key, data) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (name, account, region, part, key) DO UPDATE SET data = excluded.data
"""
DELETE = "DELETE FROM rows WHERE name = ? AND account = ? AND region = ? AND part = ? AND key = ?"


class JournalError(Exception):
    """The journal cannot be opened: another process holds it, or a newer Busyard wrote it."""


class SqliteJournal:
    """Keeps rows in the file at `path`, which it creates and locks against a second process."""

    def __init__(self, path: Path) -> None:
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=0)
            self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._prepare(path)
        except sqlite3.Error as error:
            message = f"cannot open {path}: {error}"
            raise JournalError(message) from error
        self._encode = msgspec.json.Encoder().encode

    def _prepare(self, path: Path) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            message = (
                f"{path} was written by a newer Busyard (schema {version}, this one knows {SCHEMA_VERSION})"
            )
            raise JournalError(message)
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute(CREATE)
        for older in range(max(version, 1), SCHEMA_VERSION):
            MIGRATIONS[older](self._connection)
        self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        self._connection.execute("COMMIT")

    def write(self, changes: Changes) -> None:
        """Write all changes in one transaction."""
        execute = self._connection.execute
        execute("BEGIN")
        try:
            for (table_id, key), record in changes.items():
                row = (table_id.name, table_id.scope.account, table_id.scope.region, table_id.part, key)
                if record is None:
                    execute(DELETE, row)
                else:
                    execute(PUT, (*row, self._encode(record)))
        except BaseException:
            execute("ROLLBACK")
            raise
        execute("COMMIT")

    def rows(self) -> Iterator[tuple[TableId, str, bytes]]:
        """Yield each row in the order of its first put."""
        query = "SELECT name, account, region, part, key, data FROM rows ORDER BY sequence"
        for name, account, region, part, key, data in self._connection.execute(query):
            yield TableId(name, Scope(account, region), part), key, data

    def close(self) -> None:
        """Fold the log into the file and close it."""
        self._connection.close()
