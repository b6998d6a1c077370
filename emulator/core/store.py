"""Tables of records in memory, partitioned by scope; with a journal behind them when the state must outlive us.

Invariant: every change passes `Table.put`, `Table.delete` or `Table.clear`, and is written by the next `commit`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, cast

from emulator.core.record import Record
from emulator.core.scope import Scope

R = TypeVar("R", bound=Record)
T = TypeVar("T", bound="Derived")


class TableSpec(Generic[R]):
    """A kind of table: its name in the journal, the type of its records, and which field is the key."""

    __slots__ = ("key", "name", "record_type")

    def __init__(self, name: str, record_type: type[R], *, key: Callable[[R], str]) -> None:
        self.name = name
        self.record_type = record_type
        self.key = key


class TableId(NamedTuple):
    """Which table: its spec's name, whose it is, and the part (a queue's messages are one part each)."""

    name: str
    scope: Scope
    part: str


Changes = dict[tuple[TableId, str], Record | None]


class Journal(Protocol):
    """Where changes are kept beyond the life of the process."""

    def write(self, changes: Changes) -> None:
        """Keep all of `changes` or none; when this returns they survive the end of the process."""
        ...

    def rows(self) -> Iterator[tuple[TableId, str, bytes]]:
        """Yield each row kept: its table, key and JSON."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


class Derived(Protocol):
    """An object computed from records, such as an index; never stored."""

    def close(self) -> None:
        """Let go of timers and waiters: the records it stands for are gone."""
        ...


class Table(Generic[R]):
    """The records of one spec, scope and part, by key, in the order of their first put."""

    __slots__ = ("_changes", "_id", "_key", "rows")

    def __init__(self, spec: TableSpec[R], table_id: TableId, changes: Changes) -> None:
        self._id = table_id
        self._key = spec.key
        self._changes = changes
        self.rows: dict[str, R] = {}
        """Read only; write through put and delete."""

    def get(self, key: str) -> R | None:
        """Return the record under `key`, or None."""
        return self.rows.get(key)

    def put(self, record: R) -> None:
        """Add `record`, or replace the one that has its key."""
        key = self._key(record)
        self.rows[key] = record
        self._changes[self._id, key] = record

    def delete(self, key: str) -> None:
        """Remove the record under `key`; an absent key changes nothing."""
        if self.rows.pop(key, None) is not None:
            self._changes[self._id, key] = None

    def clear(self) -> None:
        """Remove every record."""
        self._changes.update(((self._id, key), None) for key in self.rows)
        self.rows.clear()

    def load(self, key: str, record: R) -> None:
        """Take a record read from the journal, which needs no writing back."""
        self.rows[key] = record


class Store:
    """All tables, and the objects derived from them."""

    def __init__(self, journal: Journal | None = None) -> None:
        self.journal = journal
        """May be given after construction, before the first change."""
        self._changes: Changes = {}
        self._tables: dict[tuple[str, Scope, str], Table[Any]] = {}
        self._derived: dict[tuple[type[Any], Scope, str], Any] = {}
        self._batches = 0

    def table(self, spec: TableSpec[R], scope: Scope, part: str = "") -> Table[R]:
        """Return the table of `spec` that belongs to `scope`, empty if nothing was put into it yet."""
        table = self._tables.get((spec.name, scope, part))
        if table is None:
            table_id = TableId(spec.name, scope, part)
            table = self._tables[table_id] = Table(spec, table_id, self._changes)
        return table

    def drop_table(self, spec: TableSpec[R], scope: Scope, part: str) -> None:
        """Delete every record of a part and the table itself."""
        self.table(spec, scope, part).clear()
        del self._tables[TableId(spec.name, scope, part)]

    def tables_of(self, spec: TableSpec[R]) -> list[tuple[Scope, str, Table[R]]]:
        """Return every table of `spec` with its scope and part."""
        return [
            (scope, part, table) for (name, scope, part), table in self._tables.items() if name == spec.name
        ]

    def derived(self, kind: type[T], scope: Scope, name: str, build: Callable[[], T]) -> T:
        """Return the object of `kind` that is computed from records, building it when it is missing.

        Derived objects (an index of rules, a queue's order of messages) are never stored: whoever changes the
        records changes or drops them, and a reset or restart begins without them.
        """
        key = (kind, scope, name)
        found = self._derived.get(key)
        if found is None:
            found = self._derived[key] = build()
        return cast("T", found)

    def find_derived(self, kind: type[T], scope: Scope, name: str) -> T | None:
        """Return the derived object if it has been built; its records exist as long as it does."""
        return cast("T | None", self._derived.get((kind, scope, name)))

    def drop_derived(self, kind: type[Derived], scope: Scope, name: str) -> None:
        """Forget a derived object; its next use builds it anew."""
        derived = self._derived.pop((kind, scope, name), None)
        if derived is not None:
            derived.close()

    @property
    def changes_pending(self) -> int:
        """How many rows have changed since the last commit."""
        return len(self._changes)

    def commit(self) -> None:
        """Make the changes so far permanent, in one transaction; inside a batch the batch does it at its end."""
        if self._batches or not self._changes:
            return
        if self.journal is not None:
            self.journal.write(self._changes)
        self._changes.clear()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Join all commits inside the block into one at its end."""
        self._batches += 1
        try:
            yield
        finally:
            self._batches -= 1
            self.commit()

    def load(self, specs: dict[str, TableSpec[Any]], decode: Callable[[bytes, type[Any]], Any]) -> int:
        """Fill the tables from the journal; return the number of records read.

        Raises:
            KeyError: the journal holds a table that no service knows.
        """
        count = 0
        if self.journal is not None:
            for table_id, key, data in self.journal.rows():
                spec = specs[table_id.name]
                self.table(spec, table_id.scope, table_id.part).load(key, decode(data, spec.record_type))
                count += 1
        return count

    def clear(self, account: str | None = None) -> None:
        """Delete everything, or everything of one account."""
        for (name, scope, part), table in list(self._tables.items()):
            if account is None or scope.account == account:
                table.clear()
                del self._tables[name, scope, part]
        for key in [key for key in self._derived if account is None or key[1].account == account]:
            self._derived.pop(key).close()
        self.commit()

    def close(self) -> None:
        """Commit what is pending and close the journal."""
        self.commit()
        if self.journal is not None:
            self.journal.close()
