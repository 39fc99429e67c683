"""Front-end tables on SQLite: what is taken, once, and what is told."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import tables, tables_cursor
from exchange.errors import Fatal
from exchange.ports import Endpoint

NOW = datetime(2026, 1, 8, 4, 0, tzinfo=UTC)  # noon in China


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


class Place:
    """One database file and feeds over it."""

    def __init__(self, file):
        self.file, self.clock, self.open = file, Clock(), []

    def run(self, *statements):
        connection = sqlite3.connect(self.file)
        with connection:
            rows = [connection.execute(each).fetchall() for each in statements][-1]
        connection.close()
        return rows

    def feed(self, *, claimant="zhida", **about):
        told = {"driver": "sqlite", "database": str(self.file), "claimant": claimant}
        told |= {"tables": {"births": {"table": "births", "key": ["id"], **about}}}
        jsonschema_rs.validate(tables.OPTIONS, told)
        self.open.append(tables.open_feed(told, Endpoint("", clock=self.clock)))
        return self.open[-1]

    def close(self):
        for one in self.open:
            one.close()


@pytest.fixture
def place(tmp_path):
    found = Place(tmp_path / "front.db")
    yield found
    found.close()


def receive(feed, cursor="", limit=100):
    found, after = feed.receive("births", cursor, limit=limit)
    return [json.loads(parcel.raw)["id"] if parcel.raw else None for parcel in found], after


# --- behind a cursor ------------------------------------------------------------------------------

BY_TIME = "create table births (id integer primary key, name text, at datetime)"
BY_NUMBER = "create table births (id integer primary key, at integer)"


def insert(number, minute, name="x"):
    return f"insert into births values ({number}, '{name}', '2026-01-08 11:{minute:02}:00.000000')"


def test_equal_times_and_late_rows_are_taken_once_and_changed_ones_again(place):
    place.run(BY_TIME, insert(1, 10), insert(2, 10))
    births = place.feed(mark="at", overlap=600)
    got, cursor = receive(births)
    assert got == [1, 2]
    assert receive(births, cursor) == ([], cursor)
    place.run(insert(3, 10), insert(4, 1), "update births set name = 'y' where id = 1")
    got, after = receive(births, cursor)
    assert sorted(got) == [1, 3, 4]
    assert receive(births, after)[0] == []
    assert receive(births, cursor)[0] == got  # the cursor was not moved: they come again


def test_more_rows_than_asked_for_come_in_portions(place):
    place.run(BY_TIME, *(insert(number, 10) for number in range(1, 8)))
    births, cursor, portions = place.feed(mark="at"), "", []
    while (found := receive(births, cursor, limit=3))[0]:
        portions.append(found[0])
        cursor = found[1]
    assert portions == [[1, 2, 3], [4, 5, 6], [7]]


def test_a_row_from_the_future_hides_no_later_ones(place):
    place.run(BY_TIME, "insert into births values (1, 'x', '2099-01-01 00:00:00.000000')")
    births = place.feed(mark="at")
    _, cursor = receive(births)
    place.run(insert(2, 59))
    assert receive(births, cursor)[0] == [2]


def test_the_cursor_holds_nothing_of_a_row(place):
    place.run(BY_TIME, insert(1, 10, "张小直"))
    _, cursor = receive(place.feed(mark="at"))
    assert set(json.loads(cursor)) == {"high", "seen"}
    assert "张小直" not in cursor


def test_a_cursor_of_an_earlier_version_is_understood(place):
    place.run(BY_TIME, insert(1, 10), insert(2, 10))
    births = place.feed(mark="at")
    (first, _), _ = births.receive("births", "", limit=2)
    mark = "2026-01-08T11:10:00"
    cursor = json.dumps({"high": mark, "seen": {first.key: mark}})
    assert receive(births, cursor)[0] == [2]


def test_the_time_of_the_row_is_china_s(place):
    place.run(BY_TIME, insert(1, 10))
    (parcel,), _ = place.feed(mark="at").receive("births", "", limit=1)
    assert parcel.at.astimezone(UTC) == datetime(2026, 1, 8, 3, 10, tzinfo=UTC)


def test_rows_without_a_mark_are_told(place):
    place.run(BY_TIME, insert(1, 10), "insert into births values (2, 'x', null)")
    births = place.feed(mark="at")
    got, cursor = receive(births)
    assert got == [1]
    with pytest.raises(Fatal, match=r"tables\.no-mark"):
        receive(births, cursor)


@pytest.mark.guarantee("G1")
def test_a_bulk_with_one_time_is_gone_through_once_and_what_is_late_or_changed_is_not_lost(
    place, monkeypatch
):
    """Each look reads what is new, not all that was taken; the cursor grows by a digest a row."""
    size, limit, read = 2_000, 50, []
    real = tables_cursor._parcel
    monkeypatch.setattr(tables_cursor, "_parcel", lambda *a: read.append(1) or real(*a))
    place.run(BY_TIME, *(insert(number, 10) for number in range(1, size + 1)))
    births, cursor, taken = place.feed(mark="at", overlap=600), "", []
    for _ in range(size // limit):
        got, cursor = receive(births, cursor, limit=limit)
        taken += got
    assert taken == list(range(1, size + 1))
    assert (len(read) < 2 * size, len(cursor) < 17 * size) == (True, True)

    place.run(insert(0, 10), insert(-1, 4), "update births set name = 'y' where id = 7")
    place.run(insert(size + 1, 10), insert(size + 2, 11), "delete from births where id = 5")
    taken = []
    for _ in range(3):
        got, cursor = receive(births, cursor, limit=limit)
        taken += got
    assert (taken[0], sorted(taken[1:4]), taken[4:]) == (-1, [0, 7, size + 1], [size + 2])


def test_what_is_late_in_the_midst_of_a_bulk_is_taken_once(place):
    place.run(BY_TIME, *(insert(number, 10) for number in range(10, 30)))
    births, cursor, taken = place.feed(mark="at", overlap=600), "", []
    for portion in range(12):
        got, cursor = receive(births, cursor, limit=4)
        taken += got
        if portion == 2:
            place.run(insert(1, 10), insert(2, 9), "delete from births where id in (11, 12)")
    assert sorted(taken) == [1, 2, *range(10, 30)]


STEP = st.one_of(
    st.tuples(st.just("insert"), st.integers(-5, 3)),
    st.tuples(st.just("bulk"), st.integers(1, 9)),
    st.tuples(st.just("poll"), st.integers(1, 4)),
    st.tuples(st.just("restart"), st.just(0)),
)


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize("kind", ["sequence", "time"])
def test_any_interleaving_of_inserts_and_polls_takes_each_row_once(tmp_path, kind, record_property):
    """Marks grow, stand still (for many at once too), or lie up to the overlap below the highest.

    Keys do not grow with the marks.
    """
    record_property("rounds", 60)

    @settings(max_examples=60, deadline=None)
    @given(st.lists(STEP, max_size=25))
    def check(steps):
        file = tmp_path / "front.db"
        file.unlink(missing_ok=True)
        place = Place(file)
        place.run(BY_TIME if kind == "time" else BY_NUMBER)
        births, cursor, taken, top, numbers = None, "", [], 10, []
        for word, size in [*steps, ("restart", 0)]:
            if births is None or word == "restart":
                births = place.feed(mark="at", overlap=300 if kind == "time" else 5)
            if word in ("insert", "bulk"):
                mark = max(0, top + size) if word == "insert" else top
                top = max(top, mark)
                for _ in range(1 if word == "insert" else size):
                    number = (len(numbers) + 1) * 37 % 1009
                    numbers.append(number)
                    plain = f"insert into births values ({number}, {mark})"
                    place.run(insert(number, mark % 60) if kind == "time" else plain)
            elif word == "poll":
                got, cursor = receive(births, cursor, limit=size)
                taken += got
        while (found := receive(births, cursor, limit=4))[0]:
            got, cursor = found
            taken += got
        place.close()
        assert sorted(taken) == sorted(numbers)

    check()


# --- by status ------------------------------------------------------------------------------------

BY_STATUS = """create table births (id integer primary key, name text, st text default '0',
 who text, since datetime)"""
ABOUT = {"status": "st", "claimed_by": "who", "claimed_at": "since", "release_s": 60}


def statuses(place):
    return dict(place.run("select id, st from births"))


@pytest.mark.guarantee("G1")
def test_rows_are_claimed_and_done_only_when_settled(place):
    place.run(BY_STATUS, "insert into births (id, name) values (1, 'a'), (2, 'b'), (3, 'c')")
    births = place.feed(**ABOUT)
    found, cursor = births.receive("births", "kept", limit=2)
    assert cursor == "kept"
    assert [parcel.raw for parcel in found] == [b'{"id":1,"name":"a"}', b'{"id":2,"name":"b"}']
    assert statuses(place) == {1: "1", 2: "1", 3: "0"}
    births.settle("births", [found[0].key])
    assert statuses(place) == {1: "2", 2: "1", 3: "0"}
    assert receive(place.feed(**ABOUT))[0] == [2, 3]  # another life, the same claimant


def test_another_claimant_gets_what_was_left_behind_for_too_long(place):
    place.run(BY_STATUS, "insert into births (id, name) values (1, 'a')")
    receive(place.feed(claimant="dead", **ABOUT))
    births = place.feed(**ABOUT)
    assert receive(births)[0] == []
    place.clock.now += timedelta(seconds=61)
    assert receive(births)[0] == [1]


def test_a_row_changed_after_its_claim_is_another_parcel(place):
    place.run(BY_STATUS, "insert into births (id, name) values (1, 'a')")
    births = place.feed(**ABOUT)
    (first,), _ = births.receive("births", "", limit=9)
    place.run("update births set name = 'b'")
    births.settle("births", [first.key])
    (second,), _ = births.receive("births", "", limit=9)
    assert (first.key != second.key, second.raw) == (True, b'{"id":1,"name":"b"}')
    births.settle("births", [second.key])
    assert statuses(place) == {1: "2"}


def test_states_may_be_numbers(place):
    place.run("create table births (id integer primary key, st integer)")
    place.run("insert into births values (1, 0)")
    births = place.feed(status="st")
    (one,), _ = births.receive("births", "", limit=9)
    assert (one.raw, statuses(place)) == (b'{"id":1}', {1: 1})
    births.settle("births", [one.key])
    assert statuses(place) == {1: 2}


def test_a_value_without_exact_text_is_told_and_holds_up_no_other(place):
    place.run(BY_STATUS, "insert into births (id, name) values (1, x'00'), (2, 'b')")
    births = place.feed(**ABOUT)
    found, _ = births.receive("births", "", limit=9)
    assert [parcel.error and parcel.error.code for parcel in found] == ["tables.value", None]
    births.settle("births", [parcel.key for parcel in found])
    assert statuses(place) == {1: "2", 2: "2"}


# --- what is wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "code", "nearest"),
    [
        ({"table": "brths"}, "tables.no-table", "births"),
        ({"mark": "att"}, "tables.no-column", "at"),
        ({"columns": ["nme"]}, "tables.no-column", "name"),
        ({"columns": ["price"]}, "tables.column-type", None),
        ({"mark": "name"}, "tables.mark-type", None),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(place, about, code, nearest):
    place.run(
        "create table births (id integer primary key, name text, at integer, price float)",
        "insert into births values (1, 'x', 1, 1.5)",
    )
    with pytest.raises(Fatal) as raised:
        receive(place.feed(**{"mark": "at", "columns": ["id"], **about}))
    assert (raised.value.code, raised.value.facts.get("nearest")) == (code, nearest)
    assert raised.value.facts.get("type", "").isupper() == code.endswith("-type")  # SQL's word


def test_a_trigger_that_fails_is_told_and_no_row_is_lost(place):
    place.run(
        BY_STATUS,
        "insert into births (id, name) values (1, '张小直')",
        "create trigger t before update on births begin select raise(abort, '张小直'); end",
    )
    births = place.feed(**ABOUT)
    with pytest.raises(Fatal, match=r"tables\.broken") as raised:
        receive(births)
    assert raised.value.facts == {"peer": str(place.file), "reason": "IntegrityError"}
    place.run("drop trigger t")
    assert (receive(births)[0], statuses(place)) == ([1], {1: "1"})


@pytest.mark.guarantee("G10")
def test_a_name_with_sql_in_it_is_only_a_name(place):
    place.run('create table "births; drop table x --" (id integer primary key, "at "" or" integer)')
    births = place.feed(table="births; drop table x --", mark='at " or')
    assert receive(births)[0] == []
