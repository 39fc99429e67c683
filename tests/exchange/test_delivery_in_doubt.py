"""After a restore: what our store does not know may be there, so nothing leaves unprobed (G12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exchange import times
from exchange.ports import BookEntry
from exchange.store import book_rows, case_rows, delivery_rows
from exchange.store.book_rows import DoubtRow
from zhida.booked import Booked

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

pytestmark = [pytest.mark.guarantee("G12"), pytest.mark.guarantee("G2")]


@pytest.fixture
def doubt(desk: Any) -> Callable[[], None]:
    """The store has been restored just now."""

    def begin() -> None:
        with desk.store.write() as connection:
            at = times.stamp(desk.clock())
            book_rows.put_doubts(connection, [DoubtRow("peer", "epoch-1", at)])
            book_rows.unsettle(connection, at)

    return begin


def _lost_world(desk: Any, peer: Any) -> None:
    """The lost store had sent it; the peer's book is all that is left of that."""
    peer.books.append((desk.key(peer), "张小直"))


def test_what_the_lost_store_did_is_found_and_not_done_again(
    desk: Any, peer: Any, doubt: Any
) -> None:
    _lost_world(desk, peer)
    doubt()
    assert desk.deliver(peer).state == "busy"  # the lost store's last call may still be running
    assert desk.wait() == 30
    desk.clock.forward(31)
    outcome = desk.deliver(peer)
    assert (outcome.state, outcome.answer.record) == ("applied", {"number": "1"})
    assert (peer.effects(desk.key(peer)), peer.calls["submit"]) == (1, 0)
    assert [row.kind for row in desk.entries()] == ["receipt", "followed"]


def test_what_the_lost_store_did_not_do_is_sent_once_the_peer_has_said_no(
    desk: Any, peer: Any, doubt: Any
) -> None:
    doubt()
    desk.until_quiet(peer)
    assert desk.item().state == "applied"
    assert (peer.effects(desk.key(peer)), peer.calls["probe"]) == (1, 1)


def test_a_call_that_was_under_way_when_all_was_lost_is_waited_for(
    desk: Any, peer: Any, doubt: Any
) -> None:
    peer.late.append((desk.clock() + peer.operation.settle * 0.9, desk.key(peer), "张小直"))
    doubt()
    desk.until_quiet(peer)
    assert (desk.item().state, peer.effects(desk.key(peer)), peer.calls["submit"]) == (
        "applied",
        1,
        0,
    )


def test_nobody_answers_the_question_so_nothing_is_sent(desk: Any, peer: Any, doubt: Any) -> None:
    doubt()
    desk.clock.forward(31)
    peer.probe_faults = ["retriable"]
    assert desk.deliver(peer).state == "unknown"
    assert peer.calls["submit"] == 0
    desk.clock.forward(600)
    assert desk.deliver(peer).state == "applied"
    assert peer.effects(desk.key(peer)) == 1


@pytest.mark.parametrize("idempotence", ["natural", "keyed"])
def test_where_a_repetition_is_harmless_it_is_sent_at_once(
    desk: Any, make_peer: Any, doubt: Any, idempotence: str
) -> None:
    peer = make_peer(idempotence)
    _lost_world(desk, peer)
    doubt()
    assert desk.deliver(peer).state == "applied"
    assert (peer.effects(desk.key(peer)), peer.calls["probe"]) == (1, 0)


def test_where_nobody_can_ask_it_waits_with_a_reason_of_its_own(
    desk: Any, make_peer: Any, doubt: Any
) -> None:
    peer = make_peer("none")
    doubt()
    outcome = desk.deliver(peer)
    assert (outcome.state, outcome.code) == ("parked", "delivery.in-doubt")
    assert peer.calls["submit"] == 0
    with desk.store.read() as connection:
        waiting = book_rows.parked_as(connection, "peer", "delivery.in-doubt")
    assert [row.effect for row in waiting] == [desk.key(peer)]


def test_what_the_backup_had_as_over_stays_over(desk: Any, peer: Any, doubt: Any) -> None:
    desk.deliver(peer)
    doubt()
    desk.open_case("c2")
    assert desk.deliver(peer, "c2").code == "delivery.duplicate"
    assert peer.calls == {"submit": 1}


def test_a_refusal_may_have_been_mended_and_sent_since(desk: Any, peer: Any, doubt: Any) -> None:
    peer.faults = ["refused"]
    desk.deliver(peer)
    peer.books.append((desk.key(peer), "张小达"))  # mended, sent, and lost with the store
    doubt()
    desk.open_case("c2")
    desk.clock.forward(31)
    assert desk.deliver(peer, "c2", "张小达").state == "applied"
    assert (peer.effects(desk.key(peer)), peer.calls["submit"]) == (1, 1)


@pytest.mark.parametrize("fault", ["lost-before", "lost-after", "retriable"])
def test_what_was_under_way_in_the_backup_is_looked_up(
    desk: Any, peer: Any, doubt: Any, fault: str
) -> None:
    """Also what was surely not there when the backup was made."""
    peer.faults = [fault]
    desk.deliver(peer)
    if not peer.effects(desk.key(peer)):
        _lost_world(desk, peer)  # the lost store went on
    desk.clock.forward(3600)
    doubt()
    desk.clock.forward(31)
    assert desk.deliver(peer).state == "applied"
    assert (peer.effects(desk.key(peer)), peer.calls["submit"]) == (1, 1)


def test_without_doubt_a_new_effect_is_sent_unasked(desk: Any, peer: Any) -> None:
    desk.deliver(peer)
    assert peer.calls == {"submit": 1}


# --- several versions of one thing ------------------------------------------------------------


@pytest.fixture
def amend(desk: Any, peer: Any) -> Callable[..., Any]:
    """A case tells of what another one has registered anew, as of so many minutes later."""

    def deliver(case: str, minute: int) -> Any:
        order = desk.order(peer, case, f"as of {minute}")
        moved = order.transfers["birth"]
        origin = replace(moved.document.origin, as_of=START + timedelta(minutes=minute))
        moved = replace(moved, document=replace(moved.document, origin=origin))
        operation = replace(peer.operation, name="amend", amends="register")
        told = replace(order, operation=operation, transfers={"birth": moved})
        told = replace(told, root={"effect": desk.key(peer)})
        return desk.delivery.deliver(told, peer, desk.follow(case))

    desk.deliver(peer)
    desk.open_case("c2")
    desk.open_case("c3")
    return deliver


def _said(peer: Any) -> list[str]:
    return [content for _, content in peer.books]


@pytest.mark.guarantee("G3")
def test_an_older_version_is_not_sent_after_a_newer_one_in_doubt_either(
    desk: Any, peer: Any, amend: Any, doubt: Any
) -> None:
    amend("c2", 2)
    doubt()
    desk.clock.forward(31)
    outcome = amend("c3", 1)
    assert (outcome.state, outcome.code) == ("superseded", "amend.overtaken")
    assert _said(peer) == ["张小直", "as of 2"]


@pytest.mark.guarantee("G3")
def test_two_versions_in_doubt_do_not_wait_for_each_other(
    desk: Any, peer: Any, amend: Any, doubt: Any
) -> None:
    peer.faults = ["retriable", "retriable"]
    amend("c2", 2)
    amend("c3", 1)
    doubt()
    desk.clock.forward(31)
    assert amend("c3", 1).state == "busy"  # the other may be there
    assert amend("c2", 2).state == "applied"  # surely the first is not
    desk.clock.forward(31)
    assert amend("c3", 1).state == "superseded"
    assert _said(peer) == ["张小直", "as of 2"]


def test_what_was_overtaken_before_the_backup_holds_nothing_up(
    desk: Any, peer: Any, amend: Any, doubt: Any
) -> None:
    peer.faults = ["retriable"]
    amend("c2", 1)
    with desk.store.write() as connection:
        case_rows.set_item(connection, "c2", "register", {"state": "superseded"})
    doubt()
    desk.clock.forward(31)
    assert amend("c3", 2).state == "applied"


# --- known only from the peer's books ---------------------------------------------------------


@pytest.fixture
def from_books(desk: Any) -> Callable[..., None]:
    """A reconciliation has found an effect of which the restored store knew nothing."""

    def keep(peer: Any, *, waits: bool = False) -> None:
        _lost_world(desk, peer)
        peer.waiting |= {desk.key(peer)} if waits else set()
        at = times.stamp(desk.clock())
        state, ended = ("stored", "") if waits else ("applied", at)
        row = delivery_rows.DeliveryRow(
            desk.key(peer), "", "", "peer", "register", "", state, 1, at, ended, ""
        )
        with desk.store.write() as connection:
            delivery_rows.put_delivery(connection, row, seen=None)

    return keep


@pytest.mark.parametrize("idempotence", ["probe", "natural", "keyed", "none"])
def test_when_the_event_comes_again_it_is_there_already(
    desk: Any, make_peer: Any, from_books: Any, idempotence: str
) -> None:
    peer = make_peer(idempotence)
    from_books(peer)
    assert desk.deliver(peer).state == "applied"
    assert peer.effects(desk.key(peer)) == 1
    assert peer.calls["submit"] == (1 if idempotence in ("natural", "keyed") else 0)


@pytest.mark.parametrize("fault", ["retriable", "refused"])
@pytest.mark.parametrize("idempotence", ["natural", "keyed"])
def test_that_it_can_t_be_repeated_does_not_make_it_undone(
    desk: Any, make_peer: Any, from_books: Any, idempotence: str, fault: str
) -> None:
    """What the lost store sent may have said something else."""
    peer = make_peer(idempotence)
    from_books(peer)
    peer.BEFORE = {**peer.BEFORE, "other bytes": peer.BEFORE["refused"]}
    peer.faults = [fault.replace("refused", "other bytes")]
    outcome = desk.deliver(peer)
    assert outcome.state == desk.row(peer).state == desk.item().state
    assert outcome.state == ("unknown" if fault == "retriable" else "parked")


@pytest.mark.parametrize("idempotence", ["probe", "natural", "keyed"])
def test_what_waits_there_for_a_person_is_not_done_yet(
    desk: Any, make_peer: Any, from_books: Any, idempotence: str
) -> None:
    peer = make_peer(idempotence)
    from_books(peer, waits=True)
    assert desk.deliver(peer).state == desk.row(peer).state == "stored"
    assert peer.effects(desk.key(peer)) == 1
    peer.waiting.clear()
    desk.until_quiet(peer)
    assert (desk.item().state, desk.row(peer).case) == ("applied", "c1")


def test_what_waits_there_and_can_t_be_asked_after_waits_for_a_person_here_too(
    desk: Any, make_peer: Any, from_books: Any
) -> None:
    peer = make_peer("none")
    from_books(peer, waits=True)
    outcome = desk.deliver(peer)
    assert (outcome.state, outcome.code) == ("parked", "delivery.waiting-there")
    assert (desk.row(peer).state, desk.row(peer).case) == ("parked", "c1")
    assert peer.calls == {}


def test_its_document_comes_with_the_probe(desk: Any, peer: Any, from_books: Any) -> None:
    from_books(peer)
    outcome = desk.deliver(peer)
    assert outcome.answer.record == {"number": "1"}
    assert desk.row(peer).receipt
    assert (desk.row(peer).case, desk.row(peer).state) == ("c1", "applied")


def test_books_and_probe_that_contradict_each_other_are_for_a_person(
    desk: Any, peer: Any, from_books: Any
) -> None:
    from_books(peer)
    peer.books.clear()
    outcome = desk.deliver(peer)
    assert (outcome.state, outcome.code) == ("parked", "delivery.vanished")
    assert peer.calls["submit"] == 0


def test_a_row_of_another_s_content_is_still_a_conflict(desk: Any, peer: Any) -> None:
    desk.deliver(peer)
    row = desk.row(peer)
    with desk.store.write() as connection:
        changed = replace(row, content="other")
        delivery_rows.put_delivery(connection, changed, seen=row)
    desk.open_case("c2")
    assert desk.deliver(peer, "c2").code == "delivery.conflict"


# --- parked as unknowable, and their books know ------------------------------------------------


@pytest.mark.parametrize("state", ["applied", "refused"])
def test_what_nobody_can_ask_is_settled_by_a_line_of_their_books(
    desk: Any, make_peer: Any, state: Any
) -> None:
    peer = make_peer("none")
    peer.faults = ["lost-after" if state == "applied" else "lost-before"]
    desk.deliver(peer)
    desk.clock.forward(31)
    assert desk.deliver(peer).code == "delivery.unknowable"

    row = desk.row(peer)
    with desk.store.write() as connection:
        changed = replace(row, state="unknown")
        delivery_rows.put_delivery(connection, changed, seen=row)
    desk.replay()
    order = desk.order(peer)
    asked = replace(order.operation, idempotence="probe", settle=timedelta(0))
    line = BookEntry(desk.key(peer), "N7", state, desk.clock())
    outcome = desk.delivery.deliver(
        replace(order, operation=asked), Booked(peer, line), desk.follow("c1")
    )
    assert outcome.state == desk.row(peer).state == state
    assert desk.row(peer).receipt
    assert peer.calls["submit"] == 1
