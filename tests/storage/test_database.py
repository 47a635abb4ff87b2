import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, event, insert, select
from sqlalchemy.pool import ConnectionPoolEntry

from windlass.access.tables import api_keys
from windlass.errors import ConfigurationError, InputError, Unavailable
from windlass.storage.database import Database, format_instant, now, take_turns


def add_key(tx: Connection, id_: str, *, name: str = "a key") -> None:
    tx.execute(
        insert(api_keys).values(
            id=id_, project="p", name=name, role="viewer", secret_hash="h", created=now(), created_by="ada"
        )
    )


def key_ids(database: Database) -> list[str]:
    with database.read() as tx:
        return list(tx.execute(select(api_keys.c.id).order_by(api_keys.c.id)).scalars())


def test_what_was_written_is_there_for_readers(database: Database) -> None:
    with database.write() as tx:
        add_key(tx, "1")
        add_key(tx, "2")
    assert key_ids(database) == ["1", "2"]


def test_a_write_that_raises_leaves_nothing_behind(database: Database) -> None:
    def write() -> None:
        with database.write() as tx:
            add_key(tx, "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert key_ids(database) == []
    with database.write() as tx:
        add_key(tx, "2")
    assert key_ids(database) == ["2"]


def test_a_reader_sees_one_moment_and_does_not_wait_for_a_writer(database: Database) -> None:
    with database.read() as reader:
        assert reader.execute(select(api_keys.c.id)).all() == []
        with database.write() as tx:
            add_key(tx, "1")
        assert reader.execute(select(api_keys.c.id)).all() == []
    assert key_ids(database) == ["1"]


def test_writers_that_take_turns_see_what_the_one_before_wrote(database_url: str) -> None:
    # Each has a Database of its own, as processes have.
    databases = [Database(database_url) for _ in range(4)]
    rounds = 5

    def add_next(database: Database) -> None:
        for _ in range(rounds):
            with database.write() as tx:
                take_turns(tx, "counting")
                largest = max((int(id_) for id_ in tx.execute(select(api_keys.c.id)).scalars()), default=0)
                add_key(tx, str(largest + 1))

    threads = [threading.Thread(target=add_next, args=[database]) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, key_ids(databases[0]))) == list(range(1, 4 * rounds + 1))
    for database in databases:
        database.close()


@pytest.mark.postgres
def test_writers_with_different_keys_do_not_wait_for_each_other_on_postgresql(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.write() as one, database.write() as other:
        take_turns(one, "p", "prompt", "a")
        take_turns(other, "p", "prompt", "b")
        add_key(one, "1")
        add_key(other, "2")
    assert key_ids(database) == ["1", "2"]
    database.close()


def test_a_writer_of_another_process_is_waited_for_and_then_said_to_be_there(sqlite_url: str) -> None:
    holder, other = Database(sqlite_url), Database(sqlite_url)

    @event.listens_for(other.engine, "connect")
    def do_not_wait(connection: object, _entry: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA busy_timeout = 0")  # type: ignore[attr-defined]  # sqlite3's, typed as object

    with holder.write() as tx:
        add_key(tx, "1")
        refused = pytest.raises(
            Unavailable, match=r"Another process is writing .* \(database is locked\): try again"
        )
        with refused, other.write():
            pytest.fail("two writers at once")
    with other.write() as tx:
        add_key(tx, "2")
    assert key_ids(other) == ["1", "2"]
    holder.close()
    other.close()


@pytest.fixture
def small_database(sqlite_url: str) -> Iterator[Database]:
    """A SQLite database that may not grow, as on a full disk."""
    database = Database(sqlite_url)

    @event.listens_for(database.engine, "connect")
    def stop_growth(connection: object, _entry: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # type: ignore[attr-defined]  # sqlite3's, typed as object

    yield database
    database.close()


def test_a_full_disk_is_unavailable_and_leaves_nothing_behind(small_database: Database) -> None:
    def write() -> None:
        with small_database.write() as tx:
            for number in range(1000):
                add_key(tx, f"k{number}", name="x" * 10_000)

    with pytest.raises(Unavailable, match=r"could not write \(database or disk is full\): free disk space"):
        write()
    assert key_ids(small_database) == []
    with small_database.write() as tx:
        add_key(tx, "1")
    assert key_ids(small_database) == ["1"]


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["x" * 201, "a\x00b"], ids=["too long", "nul"])
def test_a_value_that_postgresql_cannot_keep_is_an_input_error(postgres_url: str, name: str) -> None:
    database = Database(postgres_url)
    with pytest.raises(InputError, match="The database cannot keep a value of this"), database.write() as tx:
        add_key(tx, "1", name=name)
    assert key_ids(database) == []
    database.close()


@given(
    st.datetimes(
        min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - Hypothesis takes the zone apart
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
    ),
    st.integers(1, 10**15),
)
def test_instants_as_text_sort_as_time_does(time: datetime, microseconds: int) -> None:
    later = time + timedelta(microseconds=microseconds)
    assert format_instant(time) < format_instant(later)
    assert datetime.fromisoformat(format_instant(time)) == time


def test_an_instant_comes_back_to_the_microsecond_in_utc(database: Database) -> None:
    time = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=timezone(timedelta(hours=9)))
    with database.write() as tx:
        add_key(tx, "1")
        tx.execute(api_keys.update().values(expires=time))
    with database.read() as tx:
        row = tx.execute(select(api_keys.c.expires, api_keys.c.revoked)).one()
    assert row.expires == time
    assert row.expires.tzinfo == UTC
    assert row.revoked is None


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "The database URL is not understood; use sqlite:"),
        ("mysql://ada:secret@host/x", r"mysql://ada:\*\*\*@host/x is of a kind that is not taken"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused(url: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        Database(url)
    assert "secret" not in str(caught.value)


def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'missing' / 'records.sqlite'}")
    with pytest.raises(
        Unavailable, match=r"cannot be opened: unable to open database file\. See `windlass doctor`"
    ):
        database.migrate()
    database.close()


def test_a_file_that_is_no_database_is_a_configuration_error(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    file.write_bytes(b"this is a text and not a database\n" * 100)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(ConfigurationError, match=r"cannot be used: file is not a database\. Restore it"):
        database.migrate()
    database.close()


@pytest.mark.postgres
@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_keep_every_text_is_refused(
    postgres_server: str, postgres_template: Callable[[str], None], encoding: str
) -> None:
    name = f"as_{encoding.lower()}"
    postgres_template(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
    database = Database(postgres_server.format(name))

    with pytest.raises(ConfigurationError, match=f"keeps texts as {encoding}, .*ENCODING 'UTF8'"):
        database.migrate()

    database.close()


@pytest.mark.postgres
def test_a_server_that_is_away_is_unavailable_and_its_password_is_not_told(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    database = Database(f"postgresql://ada:secret@/records?host={tmp_path}")
    with pytest.raises(Unavailable, match=r"ada:\*\*\*@/records.* cannot be opened: ") as caught:
        database.migrate()
    assert "secret" not in str(caught.value)
    database.close()
