"""What two processes do in the same moment to the same case, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest

from exchange import times
from exchange.errors import ZhidaError
from exchange.ledger import Entry
from exchange.ports import BookEntry
from exchange.store import book_rows, case_rows, delivery_rows, document_rows, objection_rows
from exchange.store.book_rows import DoubtRow
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.engine import Connection
from zhida import doubt, intake, objections, progress, proposals, replay, settle
from zhida.decisions import GIVE_UP
from zhida.hub import Hub
from zhida.intake import Intake
from zhida.message import Stream
from zhida.proposals import Wish

STORES = ("postgresql",)


def at_once(*work: Callable[[], None]) -> None:
    threads = [Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_a_message_that_two_take_in_at_once_is_one_case_and_nobody_s_mistake(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later one's insert is refused by the database: it looks again, and knows the message."""
    certificate = town.declare(2)
    town.clock.skip(61)
    both, remember = Barrier(2), document_rows.remember

    def together(*given: Any, **told: Any) -> None:
        with suppress(BrokenBarrierError):  # who looks again comes alone
            both.wait(5)
        remember(*given, **told)

    monkeypatch.setattr(document_rows, "remember", together)
    other, found = town.open_hub(), list[Intake]()

    def look(hub: Hub) -> None:
        """Without the stream's lock: as a queue hands a message to two when a line was cut."""
        opening = town.matter.opens_on[0]
        stream = Stream(hub, town.matter, opening, hub.site.systems["oa"])
        found.append(intake.look(stream, lambda: hub.adapter(stream.system)))

    at_once(lambda: look(town.hub), lambda: look(other))
    other.close()
    assert [each.error for each in found] == [None, None]
    assert found[0].words + found[1].words == {"opened": 1, "known": 1}
    assert town.case(certificate).state == "open"


def test_what_waits_for_both_is_freed_by_the_later_one(town: Any) -> None:
    """Each sees its own item over and the other's as it was, unless they decide in turn."""
    certificate = town.bear(1)
    town.take_in()
    case = town.case(certificate).id
    before = {"birth": "applied", "household": "sent", "insurance": "sent", "reply": "waiting"}
    with town.hub.store.write() as connection:
        for item, state in before.items():
            case_rows.set_item(connection, case, item, {"state": state})
    both = Barrier(2)

    def end(hub: Hub, item: str) -> None:
        def work(connection: Connection) -> list[Entry]:
            case_rows.set_item(connection, case, item, {"state": "applied"})
            both.wait(30)
            return progress.ended(hub, connection, town.matter, case)

        hub.ledger.commit(work)

    other = town.open_hub()
    at_once(lambda: end(town.hub, "household"), lambda: end(other, "insurance"))
    other.close()
    assert town.states(certificate)["reply"] == "ready"


# --- two operators, and what the hub does by itself -------------------------------------------


class Moment:
    """The moment in which one process has looked at a row and is about to write it."""

    def __init__(self, patch: pytest.MonkeyPatch, module: Any, write: str) -> None:
        self._write, self._meanwhile = getattr(module, write), lambda: None
        patch.setattr(module, write, self._first)

    def _first(self, *given: Any, **told: Any) -> Any:
        meanwhile, self._meanwhile = self._meanwhile, lambda: None
        meanwhile()
        return self._write(*given, **told)

    def of(self, first: Callable[[], object], second: Callable[[], object]) -> list[str]:
        """Do the second thing in it; the codes with which either of them was turned back."""
        codes: list[str] = []

        def run(one: Callable[[], object]) -> None:
            try:
                one()
            except ZhidaError as error:
                codes.append(error.code)

        other = Thread(target=run, args=(second,))

        def meanwhile() -> None:
            other.start()
            other.join(1.5)  # it may have to wait for us

        self._meanwhile = meanwhile
        run(first)
        other.join(60)
        return codes


@pytest.fixture
def two(town: Any) -> Iterator[tuple[Hub, Hub]]:
    other = town.open_hub()
    yield town.hub, other
    other.close()


NUMBERS = count(11)


class Parked:
    """A registration that a person must decide on, and who may be at it in the same moment."""

    def __init__(self, town: Any, code: str) -> None:
        self.town, self.code = town, code
        self.certificate = town.bear(next(NUMBERS))
        town.take_in()
        town.sweep("birth")
        self.case = town.case(self.certificate).id
        self.effect = f"effect {self.case}"
        at = times.stamp(town.clock())
        sent = DeliveryRow(
            self.effect, self.case, "household", "police", "register_birth", "c", "parked", 1, at, "",
            "", chain=self.effect,
        )  # fmt: skip
        values = {"state": "parked", "code": code, "effect": self.effect, "updated_at": at}
        with town.hub.store.write() as connection:
            case_rows.set_item(connection, self.case, "household", values)
            delivery_rows.put_delivery(connection, sent, seen=None)
            book_rows.put_doubts(connection, [DoubtRow("police", "epoch", at)])
        wish = Wish(GIVE_UP, self.case, "household", "监护人撤回")
        self.proposal = proposals.propose(town.hub, town.operator("wang"), wish).id

    def given_up(self, hub: Hub) -> None:
        proposals.approve(hub, self.town.operator("li", "approve"), self.proposal)

    def replayed(self, hub: Hub) -> None:
        replay.replay(hub, self.town.operator("zhao"), self.case, "household")

    def doubt_ended(self, hub: Hub) -> None:
        doubt.end(hub, self.town.operator("zhao"), "police", reason="电话核实")

    def found_in_books(self, hub: Hub) -> None:
        line = BookEntry(self.effect, "N1", "applied", self.town.clock())
        settle.settle(hub, line)

    @property
    def state(self) -> str:
        return str(self.town.item(self.certificate, "household").state)


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize(
    ("code", "first", "second", "state", "codes"),
    [
        ("agreement.expired", "given_up", "replayed", "given-up", ["replay.not-parked"]),
        ("agreement.expired", "replayed", "given_up", "ready", ["proposal.stale"]),
        ("delivery.in-doubt", "given_up", "doubt_ended", "given-up", []),
        ("delivery.in-doubt", "doubt_ended", "given_up", "ready", ["proposal.stale"]),
        ("delivery.unknowable", "given_up", "found_in_books", "given-up", []),
    ],
)
def test_what_is_decided_in_the_same_moment_is_decided_in_turn(
    town: Any,
    two: tuple[Hub, Hub],
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    first: str,
    second: str,
    state: str,
    codes: list[str],
) -> None:
    """Else the later one's word would be written over what the earlier one has set going."""
    found = Parked(town, code)
    with monkeypatch.context() as patch:
        moment = Moment(patch, case_rows, "set_item")
        told = moment.of(
            lambda: getattr(found, first)(two[0]), lambda: getattr(found, second)(two[1])
        )
    assert (found.state, told) == (state, codes)


def test_an_objection_is_answered_once(
    town: Any, two: tuple[Hub, Hub], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = town.bear(next(NUMBERS))
    town.take_in()
    with town.hub.store.write() as connection:
        book_rows.end_doubt(connection, "police")
    town.finish(certificate)
    about: dict[str, Any] = {"unit": "public-security", "reason": "wrong-value", "days": 15}
    case = town.case(certificate).id
    doubted = objections.Field(case, "birth", "/mother/name")
    found = objections.open_one(town.hub, town.operator("wang"), doubted, **about)["id"]
    told = Moment(monkeypatch, objection_rows, "change").of(
        lambda: objections.answer(two[0], town.operator("wang"), found, upheld="checked"),
        lambda: objections.answer(two[1], town.operator("li"), found, upheld=""),
    )
    with town.hub.store.read() as connection:
        assert objections.one(connection, found).state == "upheld"
    assert told == ["objection.closed"]
