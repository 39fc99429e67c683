"""Doubt about a system, how it holds things back, and how it ends (G12)."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from exchange import epoch, times
from exchange.epoch import Lost
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.ports import BookEntry, Operation
from exchange.store import book_rows, ledger_rows
from exchange.store.book_rows import DoubtRow, Span
from exchange.store.engine import Connection
from zhida import doubt, operators, proposals, reconcile, settle
from zhida.decisions import REPLAY
from zhida.proposals import Wish
from zhida.reconcile import Window

pytestmark = pytest.mark.guarantee("G12")
NUMBERS = count(801)


def _open_doubt(town: Any, *, lost_for: timedelta = timedelta(hours=1)) -> None:
    """As if the store had just been restored from a backup that old."""
    hub, now = town.hub, town.clock()
    identifier = f"epoch-{next(NUMBERS)}"

    def write(connection: Connection) -> list[Entry]:
        book_rows.put_doubts(connection, [DoubtRow("police", identifier, times.stamp(now))])
        size = ledger_rows.head(connection).size  # type: ignore[union-attr]
        return [epoch.entry(identifier, size=size, backup_at=now - lost_for, lost=Lost())]

    hub.ledger.commit(write)


@pytest.fixture
def silent(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Police that can't be asked what became of a birth, and whom nobody may ask twice."""
    adapter = town.hub.adapter(town.hub.site.systems["police"])
    known: dict[str, Operation] = adapter.operations
    changed = {name: replace(each, idempotence="none") for name, each in known.items()}
    monkeypatch.setattr(adapter, "_operations", changed)


def _begun(town: Any) -> str:
    certificate: str = town.bear(next(NUMBERS))
    town.take_in()
    town.sweep("birth household")
    return certificate


def _reconcile(town: Any, since: timedelta, until: timedelta = timedelta(0)) -> Any:
    window = Window(town.clock() - since, town.clock() + until)
    return reconcile.reconcile(town.hub, town.hub.site.systems["police"], window)


def _code(town: Any, certificate: str) -> str:
    return str(town.item(certificate, "household").code)


def test_what_nobody_can_ask_waits_until_an_operator_has_made_sure(town: Any, silent: None) -> None:
    town.finish(town.bear(next(NUMBERS)))
    _open_doubt(town)
    certificate = _begun(town)
    assert (_code(town, certificate), town.calls(certificate)) == ("delivery.in-doubt", 0)

    doubt.end(town.hub, town.operator("wang"), "police", reason="电话核实")
    with town.hub.store.read() as connection:
        told = json.loads(ledger_rows.entries_of(connection, "doubt-ended")[-1].body)
        assert book_rows.doubts(connection) == []
    assert (told["operator"], told["reason"], told["released"]) == ("wang", "电话核实", 1)
    assert operators.verify(town.hub.site, told["token"], role="operate").reason == "电话核实"
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


def test_what_nobody_can_ask_goes_on_when_their_books_have_nothing(town: Any, silent: None) -> None:
    _open_doubt(town)
    certificate = _begun(town)
    town.clock.skip(31)
    report = _reconcile(town, timedelta(days=1))
    assert (report.doubt_ended, report.problems) == (True, [])
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


def _replay(town: Any, certificate: str) -> str:
    wish = Wish(REPLAY, town.case(certificate).id, "household", "户政科核实：没有登记")
    return proposals.propose(town.hub, town.operator("wang"), wish).id


def test_two_people_do_not_decide_what_would_not_be_done(town: Any, silent: None) -> None:
    _open_doubt(town)
    certificate = _begun(town)
    with pytest.raises(Rejected, match=r"proposal\.in-doubt"):
        _replay(town, certificate)
    doubt.end(town.hub, town.operator("wang"), "police", reason="电话核实")
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


def test_what_was_proposed_before_the_doubt_is_decided_after_it(
    town: Any, police: Any, silent: None
) -> None:
    police.fault("reset", operation="csdj", stage="before", times=1)
    certificate = _begun(town)
    town.clock.skip(600)
    town.sweep("household")
    assert _code(town, certificate) == "delivery.unknowable"
    proposed = _replay(town, certificate)
    _open_doubt(town)
    with pytest.raises(Rejected, match=r"proposal\.in-doubt"):
        proposals.approve(town.hub, town.operator("li", "approve"), proposed)
    assert _code(town, certificate) == "delivery.unknowable"
    doubt.end(town.hub, town.operator("wang"), "police", reason="电话核实")
    proposals.approve(town.hub, town.operator("li", "approve"), proposed)
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


@pytest.mark.parametrize(
    ("since", "wait", "ended"),
    [
        (timedelta(days=1), 31, True),
        (timedelta(minutes=30), 31, False),  # the books do not reach back to the backup
        (timedelta(days=1), 0, False),  # what was sent last may not have come about yet
    ],
)
def test_only_books_that_cover_all_that_was_lost_end_the_doubt(
    town: Any, since: timedelta, wait: float, ended: bool
) -> None:
    _open_doubt(town)
    town.clock.skip(wait)
    assert _reconcile(town, since).doubt_ended is ended
    with town.hub.store.read() as connection:
        assert bool(book_rows.doubt_since(connection, "police")) is not ended


def test_books_that_do_not_tell_of_an_operation_do_not_end_the_doubt(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = town.hub.adapter(town.hub.site.systems["police"])
    monkeypatch.setattr(type(adapter), "booked", frozenset())
    _open_doubt(town)
    town.clock.skip(31)
    assert _reconcile(town, timedelta(days=1)).doubt_ended is False
    monkeypatch.undo()
    assert _reconcile(town, timedelta(days=1)).doubt_ended is True


@pytest.mark.parametrize("end", ["applied", "refused"])
def test_what_waits_there_for_a_person_is_kept_as_that_until_their_books_tell_its_end(
    town: Any, end: Any
) -> None:
    hub, key = town.hub, f"{next(NUMBERS):032d}"
    line = BookEntry(key, "N1", "waiting", town.clock())
    doubt.keep(hub, Span("police", "register_birth", "", ""), [line])
    with hub.store.read() as connection:
        assert book_rows.states_of(connection, [key]) == {key: "stored"}
    assert settle.settle(hub, replace(line, state=end)).state == end
    with hub.store.write() as connection:
        assert book_rows.states_of(connection, [key]) == {key: end}
        connection.exec_driver_sql(f"DELETE FROM delivery WHERE effect = '{key}'")


def test_a_doubt_that_is_not_there_can_t_be_ended(town: Any) -> None:
    with pytest.raises(Rejected) as caught:
        doubt.end(town.hub, town.operator("wang"), "insurance", reason="-")
    assert caught.value.code == "doubt.none"


def test_the_commands_list_and_end_doubts(town: Any) -> None:
    _open_doubt(town)
    with town.worker("-m", "zhida", "doubt", "list", "--json") as process:
        told = json.loads(process.communicate()[0])
    assert [row["system"] for row in told] == ["police"]
    words = ("doubt", "end", "police", "--reason", "核实")
    with town.worker("-m", "zhida", *words, stderr=subprocess.PIPE) as process:
        assert "[operator.not-named]" in process.communicate()[1]
    with town.worker("-m", "zhida", *words, operator="wang") as process:
        assert process.wait(30) == 0
    with town.hub.store.read() as connection:
        assert book_rows.doubts(connection) == []
