"""What a newer version, or a revocation, makes of a case's items, seen one step at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from exchange import corrections, document, times, versions
from exchange.bookkeeping import Order
from exchange.corrections import Scene
from exchange.document import Document, Origin
from exchange.ledger import Entry
from exchange.outcome import BUSY, Outcome
from exchange.ports import Inputs, Operation, Prepared
from exchange.store import case_rows, delivery_rows
from exchange.store.case_rows import ItemRow
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.engine import Connection
from exchange.store.tables import delivery
from exchange.transfer import Transfer

NEEDS = {"birth": "birth-record"}


class Hub:
    """One case with one item at a desk; its document's versions; a register as the target."""

    def __init__(self, desk: Any, peer: Any) -> None:
        self.desk, self.peer = desk, peer
        self.versions = {"document of c1": self._version("document of c1", 0, "张小直")}
        self.root_input: list[Any] = []

    def _version(self, identifier: str, minute: int, name: str) -> Document:
        as_of = self.desk.clock() + timedelta(minutes=minute)
        origin = Origin("birth-record", "hospital", "hospital", "unit", "his", as_of)
        fields: dict[str, Any] = {"/number": "X1", "/name": name}
        return Document(identifier, origin, fields, 0, "e30.e30.e30~")

    def hears(self, identifier: str, minute: int, name: str) -> list[str]:
        """A newer version comes in; the kinds of the ledger's entries about it."""
        self.versions[identifier] = self._version(identifier, minute, name)
        return self._commit("birth", identifier, corrections.amend, [])

    def hears_that_it_is_revoked(self) -> list[str]:
        return self._commit(f"birth{versions.REVOKED}", "r", corrections.revoke, ["register"])

    def _commit(self, name: str, identifier: str, what: Any, revoked: list[str]) -> list[str]:
        told: list[Entry] = []

        def write(connection: Connection) -> list[Entry]:
            scene = Scene(connection, "c1", self.desk.clock())
            case_rows.add_document(connection, "c1", name, identifier)
            told.extend(what(scene, ["register"], identifier))
            told.extend(corrections.advance(scene, {}, revoked))
            return told

        self.desk.ledger.commit(write)
        return [entry.kind for entry in told]

    def order(self, item: str, operation: str, identifier: str) -> Order:
        found = self.versions[identifier]
        moved = Transfer(document.new_id(), found, self.desk.agreement, dict(found.fields), [])
        root = {"effect": self.row("register").effect}
        known = self.operations[operation]
        told = (known, {"birth": moved}, "m-2031-01", root)
        return Order("c1", item, "peer", *told, may_leave=lambda _: True)

    def sends(self, item: str, operation: str, identifier: str) -> Outcome:
        outcome: Outcome = self.desk.delivery.deliver(
            self.order(item, operation, identifier), self, self._follow
        )
        return outcome

    def _follow(self, connection: Connection, _: Outcome) -> list[Entry]:
        return corrections.advance(Scene(connection, "c1", self.desk.clock()), {})

    def row(self, item: str) -> ItemRow:
        with self.desk.store.read() as connection:
            found = case_rows.get_item(connection, "c1", item)
        assert found is not None, item
        return found

    def states(self) -> dict[str, str]:
        with self.desk.store.read() as connection:
            return {row.item: row.state for row in case_rows.items(connection, "c1")}

    def deliveries(self) -> list[DeliveryRow]:
        with self.desk.store.read() as connection:
            return delivery_rows.deliveries(connection, "c1")

    # --- the adapter: the peer's, with a correction and a taking back -----------------------

    @property
    def operations(self) -> Mapping[str, Operation]:
        return {
            "register": self.peer.operation,
            "amend": Operation("amend", "更正", NEEDS, amends="register"),
            "revoke": Operation("revoke", "撤销", NEEDS, revokes="register"),
        }

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        self.root_input.append(inputs.get("root"))
        return Prepared(operation, effect_key, f"{operation} {inputs['birth']['name']}")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.peer, name)

    @property
    def books(self) -> list[str]:
        return [said for _, said in self.peer.books]


@pytest.fixture
def hub(desk: Any, peer: Any) -> Hub:
    return Hub(desk, peer)


@pytest.fixture
def registered(hub: Hub) -> Hub:
    assert hub.sends("register", "register", "document of c1").state == "applied"
    return hub


@pytest.mark.guarantee("G3")
def test_who_got_the_old_version_gets_the_new_one(registered: Hub) -> None:
    assert registered.hears("v2", 1, "张小达") == ["amend"]
    assert registered.states() == {"register": "applied", "register#1": "ready"}
    assert registered.sends("register#1", "amend", "v2").state == "applied"
    assert registered.books == ["register 张小直", "amend 张小达"]


def test_a_correction_names_the_effect_that_it_corrects_and_has_a_key_of_its_own(
    registered: Hub,
) -> None:
    registered.hears("v2", 1, "张小达")
    registered.sends("register#1", "amend", "v2")
    first, second = registered.deliveries()
    root = {"effect": first.effect}
    assert registered.root_input == [None, root, root], "asked after, sent"
    assert (first.chain, second.chain) == (first.effect, first.effect)
    assert first.effect != second.effect
    assert first.version < second.version


@pytest.mark.guarantee("G2")
def test_the_same_version_read_again_has_the_same_key(registered: Hub) -> None:
    """Only the instant and the content count: the hub may have signed it twice as read."""
    registered.hears("v2", 1, "张小达")
    registered.sends("register#1", "amend", "v2")
    registered.hears("v2 again", 1, "张小达")
    assert registered.sends("register#2", "amend", "v2 again").state == "applied"
    assert registered.books == ["register 张小直", "amend 张小达"]


def test_what_has_not_been_sent_sends_the_newest(hub: Hub) -> None:
    assert hub.hears("v2", 1, "张小达") == []
    assert hub.sends("register", "register", "v2").state == "applied"
    assert hub.states() == {"register": "applied"}
    assert hub.books == ["register 张小达"]


@pytest.mark.guarantee("G3")
def test_an_order_that_a_version_overtakes_before_it_leaves_does_not_leave(hub: Hub) -> None:
    hub.hears("v2", 1, "张小达")
    assert hub.sends("register", "register", "document of c1") is BUSY
    assert (hub.books, hub.states(), hub.deliveries()) == ([], {"register": "ready"}, [])


@pytest.mark.guarantee("G3")
def test_a_correction_waits_until_the_version_before_it_is_over(hub: Hub) -> None:
    hub.peer.faults = ["lost-after"]
    hub.sends("register", "register", "document of c1")
    hub.hears("v2", 1, "张小达")
    assert hub.states() == {"register": "unknown", "register#1": "waiting"}
    hub.desk.clock.forward(31)
    hub.sends("register", "register", "document of c1")
    assert hub.states() == {"register": "applied", "register#1": "ready"}


def test_even_a_correction_that_is_made_ready_too_early_waits(hub: Hub) -> None:
    hub.peer.faults = ["lost-after"]
    hub.sends("register", "register", "document of c1")
    hub.hears("v2", 1, "张小达")
    with hub.desk.store.write() as connection:
        case_rows.set_item(connection, "c1", "register#1", {"state": "ready"})
    assert hub.sends("register#1", "amend", "v2") is BUSY
    assert hub.books == ["register 张小直"]


def test_what_turns_out_never_to_have_come_about_is_sent_in_its_newest_version(hub: Hub) -> None:
    hub.peer.faults = ["lost-before"]
    hub.sends("register", "register", "document of c1")
    hub.hears("v2", 1, "张小达")
    hub.desk.clock.forward(31)
    assert hub.sends("register", "register", "document of c1") is BUSY
    hub.sends("register", "register", "v2")
    outcome = hub.sends("register#1", "amend", "v2")
    assert (outcome.state, outcome.code) == ("superseded", "amend.no-change")
    assert hub.books == ["register 张小达"]


def test_a_correction_that_is_overtaken_before_it_left_is_superseded(registered: Hub) -> None:
    registered.hears("v2", 1, "张小达")
    assert registered.hears("v3", 2, "张小知") == ["superseded", "amend"]
    assert registered.states()["register#1"] == "superseded"
    registered.sends("register#2", "amend", "v3")
    assert registered.books == ["register 张小直", "amend 张小知"]


def test_a_worker_that_is_late_does_not_revive_what_is_superseded(registered: Hub) -> None:
    registered.hears("v2", 1, "张小达")
    registered.hears("v3", 2, "张小知")
    assert registered.sends("register#1", "amend", "v2") is BUSY
    assert registered.states()["register#1"] == "superseded"
    assert registered.books == ["register 张小直"]


@pytest.mark.guarantee("G12")
def test_a_correction_that_a_restored_store_has_forgotten_is_not_sent_again(
    registered: Hub,
) -> None:
    registered.hears("v2", 1, "张小达")
    registered.sends("register#1", "amend", "v2")
    before = list(registered.books)
    with registered.desk.store.write() as connection:
        row = registered.row("register#1")
        connection.execute(delete(delivery).where(delivery.c.effect == row.effect))
        at = times.stamp(registered.desk.clock())
        values = {"state": "ready", "effect": "", "next_at": at}
        case_rows.set_item(connection, "c1", "register#1", values)
    assert registered.sends("register#1", "amend", "v2").state == "applied"
    assert registered.books == before == ["register 张小直", "amend 张小达"]


def test_nothing_that_is_said_later_revives_what_is_superseded(registered: Hub) -> None:
    registered.hears("v2", 1, "张小达")
    registered.hears("v3", 2, "张小知")
    with registered.desk.store.write() as connection:
        case_rows.set_item(connection, "c1", "register#1", {"state": "ready"})
    assert registered.states()["register#1"] == "superseded"


@pytest.mark.guarantee("G3")
def test_an_older_version_is_never_sent_after_a_newer_one(registered: Hub) -> None:
    registered.hears("v3", 2, "张小知")
    registered.sends("register#1", "amend", "v3")
    registered.hears("v2", 1, "张小达")  # who files it has not looked at its time
    outcome = registered.sends("register#2", "amend", "v2")
    assert (outcome.state, outcome.code) == ("superseded", "amend.overtaken")


def test_a_change_that_this_target_does_not_get_is_not_sent(registered: Hub) -> None:
    registered.hears("v2", 1, "张小直")
    outcome = registered.sends("register#1", "amend", "v2")
    assert (outcome.state, outcome.code) == ("superseded", "amend.no-change")
    assert [row.kind for row in registered.desk.entries("superseded")] == ["superseded"]
    assert registered.peer.calls["submit"] == 1


def test_who_said_no_is_asked_again_with_the_new_version(hub: Hub) -> None:
    hub.peer.faults = ["refused"]
    hub.sends("register", "register", "document of c1")
    assert hub.hears("v2", 1, "张小达") == []
    assert hub.states() == {"register": "ready"}
    hub.sends("register", "register", "v2")
    assert hub.books == ["register 张小达"]


def test_what_is_refused_while_a_version_waits_is_tried_again_and_not_corrected(hub: Hub) -> None:
    hub.peer.faults = ["refused"]
    hub.peer.while_sending = lambda: hub.hears("v2", 1, "张小达") and None
    hub.sends("register", "register", "document of c1")
    assert hub.states() == {"register": "ready", "register#1": "superseded"}


def test_a_revocation_takes_back_what_was_done_once(registered: Hub) -> None:
    assert registered.hears_that_it_is_revoked() == ["revoke"]
    registered.sends("register#1", "revoke", "document of c1")
    assert registered.books == ["register 张小直", "revoke 张小直"]
    assert registered.deliveries()[-1].version == versions.LAST


def test_a_revocation_before_anything_left_leaves_nothing_to_do(hub: Hub) -> None:
    assert hub.hears_that_it_is_revoked() == ["superseded"]
    assert hub.row("register").code == "document.revoked"
    assert hub.sends("register", "register", "document of c1") is BUSY
    assert hub.books == []


def test_a_correction_that_has_not_left_is_not_sent_before_a_revocation(registered: Hub) -> None:
    registered.hears("v2", 1, "张小达")
    registered.hears_that_it_is_revoked()
    assert registered.states() == {
        "register": "applied",
        "register#1": "superseded",
        "register#2": "ready",
    }


def test_an_item_is_taken_back_after_those_that_depend_on_it(desk: Any) -> None:
    at = "2026-03-02T01:00:00.000000Z"
    rows = {"a": "applied", "a#1": "waiting", "b": "applied", "b#1": "waiting"}
    with desk.store.write() as connection:
        for item, state in rows.items():
            row = ItemRow("c1", item, "m", state, "", "{}", "", "", at, at)
            case_rows.add_item(connection, row)
        scene = Scene(connection, "c1", desk.clock())
        corrections.advance(scene, {"a": ["b"]}, ["a", "b"])
        found = {row.item: row.state for row in case_rows.items(connection, "c1")}
        assert (found["a#1"], found["b#1"]) == ("waiting", "ready")
        case_rows.set_item(connection, "c1", "b#1", {"state": "applied"})
        corrections.advance(scene, {"a": ["b"]}, ["a", "b"])
        found = {row.item: row.state for row in case_rows.items(connection, "c1")}
        assert found["a#1"] == "ready"


def test_an_item_that_was_blocked_may_go_on_when_its_need_is_tried_again(hub: Hub) -> None:
    at = "2026-03-02T01:00:00.000000Z"
    with hub.desk.store.write() as connection:
        row = ItemRow("c1", "next", "m", "blocked", "", "{}", "", "", at, at)
        case_rows.add_item(connection, row)
        case_rows.set_item(connection, "c1", "register", {"state": "invalid"})
    hub.hears("v2", 1, "张小达")
    assert hub.states() == {"register": "ready", "next": "waiting"}


def test_due_finds_the_corrections_of_an_item_and_nobody_else_s(desk: Any) -> None:
    at = "2026-03-02T01:00:00.000000Z"
    with desk.store.write() as connection:
        for item in ("register#1", "register_more", "registerX#1"):
            row = ItemRow("c1", item, "m", "ready", "", "{}", "", "", at, at)
            case_rows.add_item(connection, row)
        found = case_rows.due(connection, "m", "register", at, 10)
        assert case_rows.has_due(connection, "m", at, ["register"])
        assert not case_rows.has_due(connection, "m", at, [])
    assert found == [("c1", "register"), ("c1", "register#1")]
