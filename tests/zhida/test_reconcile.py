"""Our deliveries against the books of police, insurance and OA (对账)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from exchange.errors import Fatal, Retriable
from exchange.ports import BookEntry, Bookkeeper
from exchange.store import book_rows, case_rows, delivery_rows, incident_rows, ledger_rows
from zhida import legs, reconcile
from zhida.hub import ADAPTERS
from zhida.keepers import BOOKED, keepers
from zhida.reconcile import Report, Window

NUMBERS = count(601)


@pytest.fixture
def window(town: Any) -> Window:
    """All that this module has done so far, and will have done in a moment."""
    return Window(town.clock() - timedelta(days=2), town.clock() + timedelta(days=2))


@pytest.fixture
def compare(town: Any, window: Window) -> Any:
    def run(system: str = "police", **how: Any) -> Report:
        return reconcile.reconcile(town.hub, town.hub.site.systems[system], window, **how)

    return run


@pytest.fixture
def books(town: Any) -> Iterator[Callable[..., None]]:
    """The police's own books, as their database administrator changes them; undone in the end."""
    with closing(sqlite3.connect(town.district.directory / "police" / "books.sqlite")) as opened:
        opened.isolation_level = None
        opened.execute("PRAGMA busy_timeout=5000")
        before: list[Any] = []

        def change(sql: str, *values: str) -> None:
            before[:] = before or opened.execute("SELECT * FROM registrations").fetchall()
            assert opened.execute(sql, values).rowcount == 1

        yield change
        opened.execute("DELETE FROM registrations")
        marks = ", ".join("?" * len(before[0]))
        opened.executemany(f"INSERT INTO registrations VALUES ({marks})", before)


def _codes(report: Report) -> list[str]:
    return [problem.code for problem in report.problems]


def _done(town: Any) -> str:
    certificate: str = town.bear(next(NUMBERS))
    town.take_in()
    town.finish(certificate)
    return certificate


def _entry(town: Any) -> dict[str, Any]:
    with town.hub.store.read() as connection:
        found = ledger_rows.entries_of(connection, "reconciliation")
    told: dict[str, Any] = json.loads(found[-1].body)
    return told


def test_every_adapter_that_keeps_books_is_listed(town: Any) -> None:
    found = {
        system.adapter
        for system in town.hub.site.systems.values()
        if isinstance(town.hub.adapter(system), Bookkeeper)
    }
    spoken_with = {system.adapter for system in town.hub.site.systems.values()}
    assert found == BOOKED & spoken_with
    assert set(ADAPTERS) >= BOOKED
    assert keepers(town.hub.site.systems) == ["insurance", "oa", "police"]


# --- first, for another process has the machine's clock: this module has put none forward yet ---


def test_the_command_tells_and_its_exit_code_too(town: Any, books: Any) -> None:
    certificate = _done(town)
    days = [f"{town.clock() + timedelta(days=n):%Y-%m-%d}" for n in (-1, 2)]
    words = ["-m", "zhida", "reconcile", "--json", "--since", days[0], "--until", days[1]]
    with town.worker(*words) as process:
        told = json.loads(process.communicate()[0])
    assert process.returncode == 0, told
    assert [each["system"] for each in told] == ["insurance", "oa", "police"]

    books("DELETE FROM registrations WHERE cszmbh = ?", certificate)
    with town.worker(*words[:3], "police", *words[3:]) as process:
        told = json.loads(process.communicate()[0])
    assert (process.returncode, told[0]["missing"]) == (1, 1)
    [problem] = told[0]["problems"]
    assert problem["case"] == town.case(certificate).id

    with town.worker("-m", "zhida", "reconcile", "--history", "--json") as process:
        newest = json.loads(process.communicate()[0])[0]
    assert (newest["system"], newest["missing"]) == ("police", 1)


# --- a day -----------------------------------------------------------------------------------


def test_a_good_day_agrees_everywhere_and_is_recorded(town: Any, compare: Any) -> None:
    _done(town)
    born = len(town.police.books())
    for system, effects in (("police", born), ("insurance", born), ("oa", 0)):
        report = compare(system)
        assert (report.ours, report.theirs, report.agreed) == (effects,) * 3
        assert report.problems == []
        told = _entry(town)
        assert (told["system"], told["ours"], told["digest"]) == (system, effects, report.digest)
    with town.hub.store.read() as connection:
        newest = book_rows.reconciliations(connection, "police")[0]
    assert (newest.ours, newest.theirs, newest.missing, newest.foreign) == (born, born, 0, 0)
    town.audit()


@pytest.mark.guarantee("G2")
def test_a_lost_answer_is_settled_by_their_books_and_all_that_waits_goes_on(
    town: Any, police: Any, compare: Any
) -> None:
    certificate = town.bear_ready(next(NUMBERS))
    police.fault("reset", operation="csdj", stage="after", times=1)
    town.sweep("household")
    assert town.states(certificate)["household"] == "unknown"

    report = compare()
    assert (report.settled, report.problems) == (1, [])
    assert town.states(certificate)["household"] == "applied"
    assert town.states(certificate)["insurance"] == "ready"
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.calls(certificate) == 1


def _set_back(town: Any, certificate: str, state: str, code: str = "") -> None:
    """The household item and its delivery as if they had come this far only."""
    case = town.case(certificate).id
    item = {"pending": "ready"}.get(state, state)
    with town.hub.store.write() as connection:
        case_rows.set_item(connection, case, "household", {"state": item, "code": code})
        row = next(r for r in delivery_rows.deliveries(connection, case) if r.item == "household")
        delivery_rows.put_delivery(connection, replace(row, state=state), seen=row)


@pytest.fixture
def deny(town: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The police's query knows less than their books, from now on."""
    adapter = town.hub.adapter(town.hub.site.systems["police"])
    return lambda: monkeypatch.setattr(type(adapter), "probe", lambda *_: None)


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize(
    ("state", "code"),
    [("unknown", ""), ("pending", ""), ("parked", "delivery.cannot-probe")],
)
def test_what_they_deny_when_asked_is_told_and_never_sent(
    town: Any, police: Any, compare: Any, deny: Any, monkeypatch: Any, state: str, code: str
) -> None:
    certificate = town.bear_ready(next(NUMBERS))
    police.fault("reset", operation="csdj", stage="after", times=1)
    town.sweep("household")
    _set_back(town, certificate, state, code)
    deny()
    report = compare()
    assert (report.settled, _codes(report)) == (0, ["reconcile.differs"])
    item = town.item(certificate, "household")
    assert (item.state, item.code) == ("parked", "delivery.vanished")
    town.clock.skip(3600)
    town.sweep("household")
    assert town.calls(certificate) == 1

    monkeypatch.undo()
    assert compare().settled == 1
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


@pytest.mark.guarantee("G2")
def test_a_refusal_in_their_books_is_no_reason_to_send(
    town: Any, police: Any, compare: Any, deny: Any, monkeypatch: Any
) -> None:
    certificate = town.bear_ready(next(NUMBERS))
    police.fault("reset", operation="csdj", stage="before", times=1)
    town.sweep("household")
    town.clock.skip(60)
    heard = town.calls(certificate)
    deny()
    adapter = town.hub.adapter(town.hub.site.systems["police"])
    line = BookEntry(town.item(certificate, "household").effect, "", "refused", town.clock())
    real = adapter.books

    def books(operation: str, *span: Any) -> list[BookEntry]:
        return [*real(operation, *span), *([line] if operation == "register_birth" else [])]

    monkeypatch.setattr(adapter, "books", books)
    report = compare()
    assert (report.waiting, report.problems, town.calls(certificate)) == (1, [], heard)
    monkeypatch.undo()
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("mode", ["live", "shadow"])
def test_what_a_repetition_will_find_out_is_left_to_it(
    town: Any, police: Any, compare: Any, monkeypatch: Any, mode: str
) -> None:
    adapter = town.hub.adapter(town.hub.site.systems["police"])
    keyed = {
        name: replace(each, idempotence="keyed", irreversible=False)
        for name, each in adapter.operations.items()
    }
    certificate = town.bear_ready(next(NUMBERS))
    police.fault("reset", operation="csdj", stage="after", times=1)
    town.sweep("household")
    system = town.hub.site.systems["police"]
    with monkeypatch.context() as patch:
        patch.setattr(adapter, "_operations", keyed)
        patch.setitem(town.hub.site.systems, "police", replace(system, mode=mode))
        report = compare()
    assert (report.waiting, report.problems, town.calls(certificate)) == (1, [], 1)
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


def test_a_system_that_has_been_stopped_is_not_even_asked_for_its_books(
    town: Any, compare: Any, monkeypatch: Any
) -> None:
    stopped = replace(town.hub.site.systems["police"], mode=legs.STOPPED)
    monkeypatch.setitem(town.hub.site.systems, "police", stopped)
    adapter = town.hub.adapter(stopped)
    monkeypatch.setattr(adapter, "books", lambda *_: pytest.fail("was asked"))
    with pytest.raises(Retriable) as caught:
        compare()
    assert caught.value.code == "reconcile.stopped"


def test_a_dry_run_changes_nothing(town: Any, police: Any, compare: Any) -> None:
    certificate = town.bear_ready(next(NUMBERS))
    police.fault("reset", operation="csdj", stage="after", times=1)
    town.sweep("household")
    size = town.audit().entries
    assert compare(dry_run=True).settled == 0
    assert town.states(certificate)["household"] == "unknown"
    assert town.audit().entries == size
    compare()


def test_what_nobody_could_know_is_settled_when_their_books_know(
    town: Any, police: Any, compare: Any
) -> None:
    """Parked for a person as unknowable, because the probe could not be built then."""
    certificate = town.bear_ready(next(NUMBERS))
    police.fault("reset", operation="csdj", stage="after", times=1)
    town.sweep("household")
    _set_back(town, certificate, "parked", "delivery.cannot-probe")
    assert compare().settled == 1
    assert town.states(certificate)["household"] == "applied"
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


@pytest.mark.guarantee("G2")
def test_what_they_have_lost_is_told_and_never_sent_again(
    town: Any, compare: Any, books: Any
) -> None:
    certificate = _done(town)
    books("DELETE FROM registrations WHERE cszmbh = ?", certificate)
    report = compare()
    assert (report.missing, _codes(report)) == (1, ["reconcile.missing"])
    town.clock.skip(3600)
    town.sweep()
    assert town.registered(certificate) == []
    assert town.states(certificate)["household"] == "applied"


def test_books_that_disagree_are_an_incident_of_the_system(
    town: Any, compare: Any, books: Any
) -> None:
    certificate = _done(town)
    books("DELETE FROM registrations WHERE cszmbh = ?", certificate)
    compare()
    with town.hub.store.read() as connection:
        [opened] = incident_rows.still_open(connection, "books", "police")
    assert opened.code == "reconcile.disagrees"


def test_two_rows_for_one_effect_are_told_before_all_else(
    town: Any, compare: Any, books: Any
) -> None:
    certificate, other = _done(town), _done(town)
    columns = "at, postid, sid, cszmbh, xm, xb, mz, csrq, djrq, record"
    books(
        f"INSERT INTO registrations ({columns}, gmsfhm) SELECT {columns}, gmsfhm || 'x'"
        " FROM registrations WHERE cszmbh = ?",
        certificate,
    )
    books("DELETE FROM registrations WHERE cszmbh = ?", other)
    assert _codes(compare()) == ["reconcile.doubled", "reconcile.missing"]


def test_a_key_that_is_not_ours_is_told_without_its_data(
    town: Any, compare: Any, books: Any
) -> None:
    certificate = _done(town)
    books("UPDATE registrations SET postid = 'stranger' WHERE cszmbh = ?", certificate)
    report = compare()
    assert sorted(_codes(report)) == ["reconcile.foreign", "reconcile.missing"]
    facts = next(p.facts for p in report.problems if p.code == "reconcile.foreign")
    assert facts["effect"] == "stranger"
    assert set(facts) == {"effect", "at"}


def test_a_system_that_is_down_is_compared_another_time(
    town: Any, police: Any, compare: Any
) -> None:
    police.fault("down")
    with pytest.raises(Retriable):
        compare()


def test_a_system_without_books_says_so(compare: Any) -> None:
    with pytest.raises(Fatal) as caught:
        compare("his")
    assert caught.value.code == "reconcile.no-books"
