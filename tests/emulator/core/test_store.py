import msgspec
import pytest

from emulator.core.journal import JournalError, SqliteJournal
from emulator.core.record import Record
from emulator.core.scope import Scope
from emulator.core.store import Store, TableSpec


class Thing(Record, frozen=True):
    name: str
    size: int = 0


THINGS = TableSpec("test.things", Thing, key=lambda thing: thing.name)
HERE = Scope("000000000000", "us-east-1")
THERE = Scope("111122223333", "us-east-1")


class ListJournal:
    """Notes each transaction."""

    def __init__(self):
        self.transactions = []

    def write(self, changes):
        self.transactions.append({(id_.part, key): record for (id_, key), record in changes.items()})

    def rows(self):
        return iter(())

    def close(self):
        self.transactions.append("closed")


class Index:
    def __init__(self):
        self.is_closed = False

    def close(self):
        self.is_closed = True


@pytest.fixture
def journal():
    return ListJournal()


@pytest.fixture
def store(journal):
    return Store(journal)


def test_scopes_and_parts_are_apart(store):
    store.table(THINGS, HERE).put(Thing("a"))
    assert Thing("a") == store.table(THINGS, HERE).get("a")
    assert None is store.table(THINGS, THERE).get("a")
    assert None is store.table(THINGS, HERE, "part").get("a")


def test_a_commit_writes_each_changed_row_once_with_its_last_state(store, journal):
    table = store.table(THINGS, HERE, "p")
    table.put(Thing("a", 1))
    table.put(Thing("a", 2))
    table.put(Thing("b"))
    table.delete("b")
    table.delete("absent")
    assert 2 == store.changes_pending
    store.commit()
    store.commit()
    assert [{("p", "a"): Thing("a", 2), ("p", "b"): None}] == journal.transactions


def test_a_batch_joins_commits_even_when_nested(store, journal):
    table = store.table(THINGS, HERE)
    with store.batch():
        table.put(Thing("a"))
        store.commit()
        with store.batch():
            table.put(Thing("b"))
        assert [] == journal.transactions
    assert [{("", "a"): Thing("a"), ("", "b"): Thing("b")}] == journal.transactions


def test_a_dropped_table_is_deleted_row_by_row(store, journal):
    store.table(THINGS, HERE, "p").put(Thing("a"))
    store.commit()
    store.drop_table(THINGS, HERE, "p")
    store.commit()
    assert {("p", "a"): None} == journal.transactions[-1]
    assert [] == store.tables_of(THINGS)


def test_a_derived_object_is_built_once_and_closed_when_dropped(store):
    index = store.derived(Index, HERE, "x", Index)
    assert index is store.derived(Index, HERE, "x", Index)
    store.drop_derived(Index, HERE, "x")
    store.drop_derived(Index, HERE, "x")
    assert index.is_closed
    assert index is not store.derived(Index, HERE, "x", Index)


def test_clearing_an_account_leaves_the_others(store, journal):
    for scope in (HERE, THERE):
        store.table(THINGS, scope).put(Thing("a"))
    mine, other = store.derived(Index, HERE, "x", Index), store.derived(Index, THERE, "x", Index)
    store.commit()
    store.clear(HERE.account)
    assert (None, Thing("a")) == (store.table(THINGS, HERE).get("a"), store.table(THINGS, THERE).get("a"))
    assert (True, False) == (mine.is_closed, other.is_closed)
    assert {("", "a"): None} == journal.transactions[-1]


def test_closing_commits_what_is_pending(store, journal):
    store.table(THINGS, HERE).put(Thing("a"))
    store.close()
    assert [{("", "a"): Thing("a")}, "closed"] == journal.transactions


class TestSqliteJournal:
    @pytest.fixture
    def reopened(self, tmp_path):
        opened = []

        def open_again():
            for store in opened:
                store.close()
            opened[:] = [Store(SqliteJournal(tmp_path / "file"))]
            opened[0].load({THINGS.name: THINGS}, lambda data, kind: msgspec.json.decode(data, type=kind))
            return opened[0]

        yield open_again
        for store in opened:
            store.close()

    def test_what_was_committed_is_read_back_in_the_order_of_the_first_put(self, reopened):
        store = reopened()
        table = store.table(THINGS, HERE, "p")
        for name in ("c", "a", "b"):
            table.put(Thing(name))
        store.commit()
        table.put(Thing("c", 5))
        table.delete("a")
        store.commit()
        rows = reopened().table(THINGS, HERE, "p").rows
        assert [Thing("c", 5), Thing("b")] == list(rows.values())

    def test_a_second_opener_is_refused(self, tmp_path):
        first = SqliteJournal(tmp_path / "file")
        with pytest.raises(JournalError, match="cannot open"):
            SqliteJournal(tmp_path / "file")
        first.close()

    def test_the_file_of_a_newer_version_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr("emulator.core.journal.SCHEMA_VERSION", 2)
        monkeypatch.setattr("emulator.core.journal.MIGRATIONS", {1: lambda _connection: None})
        SqliteJournal(tmp_path / "file").close()
        monkeypatch.undo()
        with pytest.raises(JournalError, match="newer Busyard"):
            SqliteJournal(tmp_path / "file")

    def test_a_file_that_is_no_database_is_refused(self, tmp_path):
        (tmp_path / "file").write_bytes(b"something else entirely" * 100)
        with pytest.raises(JournalError, match="cannot open"):
            SqliteJournal(tmp_path / "file")
