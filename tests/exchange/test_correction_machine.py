"""Any sequence of versions, revocations, repetitions, faults and deaths, in any order of arrival:
the target hears of the versions in the source's order, once each, and ends with the last (G3).
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from exchange import corrections, document, versions
from exchange.bookkeeping import Order
from exchange.case import MARK, number_of, root_of
from exchange.corrections import Scene
from exchange.document import Document, Origin
from exchange.ledger import Entry
from exchange.outcome import Outcome
from exchange.ports import Operation
from exchange.store import case_rows
from exchange.store.engine import Connection
from exchange.transfer import Transfer

FAULTS = (
    "",
    "retriable",
    "lost-before",
    "lost-after",
    "lost-late",
    "foreign-after",
    "forbidden",
    "refused",
    "waiting",
    "die-before",
    "die-after",
    "die-late",
)
CASES = ("c1", "c2")
NAMES = ("张小直", "张小达", "张小知")
ROUNDS = 300 if os.environ.get("ZHIDA_ROUNDS") == "full" else 15
a_case = st.sampled_from(CASES)


def _register(peer_class: Any) -> type[Any]:
    """The peer with an operation that corrects and one that takes back."""

    class Register(peer_class):  # type: ignore[misc]
        @property
        def operations(self) -> dict[str, Operation]:
            alike = {"idempotence": self.operation.idempotence, "settle": self.operation.settle}
            needs = {"birth": "birth-record"}
            return {
                "register": self.operation,
                "amend": Operation("amend", "更正", needs, amends="register", **alike),
                "revoke": Operation("revoke", "撤销", needs, revokes="register", **alike),
            }

        def prepare(self, operation: str, inputs: Any, effect_key: str) -> Any:
            prepared = super().prepare(operation, inputs, effect_key)
            if operation != "register":
                assert inputs["root"]["effect"] in self.root_keys
            said = "revoked" if operation == "revoke" else prepared.body
            body = f"{inputs['birth']['number']} {said}"
            return type(prepared)(operation, effect_key, body)

    return Register


class _World(RuleBasedStateMachine):
    desks: Callable[[], Any]
    peers: Callable[..., Any]
    traces: Callable[[int], Any]
    death: type[BaseException]
    idempotence: str
    seen: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.desk = type(self).desks()
        self.peer = type(self).peers(self.desk.clock, self.idempotence)
        self.told: dict[str, list[tuple[Document, bool]]] = {case: [] for case in CASES}
        """What each source has said, in its own order; True: taken back."""
        self.known: dict[str, Document] = {}
        self.on_the_way: list[tuple[str, Document, bool]] = []
        self.refused: set[str] = set()
        self.while_gathering: Callable[[], None] = lambda: None
        for case in CASES:
            self.desk.open_case(case)
            first = self._say(case, NAMES[0], "")
            with self.desk.store.write() as connection:
                case_rows.add_document(connection, case, "birth", first.id)
        self.on_the_way.clear()
        keys = [self.desk.key(self.peer, **{"/number": case}) for case in CASES]
        self.peer.root_keys = dict(zip(keys, CASES, strict=True))
        self._work("c1")

    # --- the source ---------------------------------------------------------------------------

    @rule(
        case=a_case,
        name=st.sampled_from(NAMES),
        secret=st.sampled_from(["", "秘"]),
        way=st.sampled_from(["at once", "later", "while gathering", "while calling"]),
        fault=st.sampled_from(FAULTS),
    )
    def the_source_corrects(
        self, case: str, name: str, secret: str, *, way: str, fault: str
    ) -> None:
        """Its message may take long, or come in the middle of the hub's work on the one before."""
        if self._is_revoked(case):
            return
        self._say(case, name, secret)
        arrives = partial(self.a_message_arrives, -1, False, 0)
        if way == "at once":
            arrives()
        elif way == "while gathering":
            self.while_gathering = arrives
        elif way == "while calling":
            self.peer.while_sending = arrives
        if way != "later":
            self.the_hub_works(case, fault, 31)
        self.while_gathering = self.peer.while_sending = lambda: None

    @rule(case=a_case)
    def the_source_takes_it_back(self, case: str) -> None:
        if not self._is_revoked(case) and len(self.told[case]) > 3:
            self._say(case, "", "", revoked=True)

    def _say(self, case: str, name: str, secret: str, *, revoked: bool = False) -> Document:
        fields: dict[str, Any] = {"/number": case, "/name": name, "/secret": secret}
        as_of = self.desk.clock() + timedelta(microseconds=len(self.told[case]) + 1)
        origin = Origin("birth-record", "hospital", "hospital", "unit", "his", as_of)
        found = Document(document.new_id(), origin, fields, 0, "e30.e30.e30~")
        self.told[case].append((found, revoked))
        self.known[found.id] = found
        self.on_the_way.append((case, found, revoked))
        return found

    def _is_revoked(self, case: str) -> bool:
        return self.told[case][-1][1]

    # --- the way ------------------------------------------------------------------------------

    @rule(place=st.integers(0, 20), twice=st.booleans(), dies_at=st.sampled_from([0, 0, 0, 9, 60]))
    def a_message_arrives(self, place: int, twice: bool, dies_at: int) -> None:
        """Any of those on their way; one may come again; whoever takes it in may die."""
        if not self.on_the_way:
            return
        found = self.on_the_way.pop(place % len(self.on_the_way))
        lived = type(self).traces(dies_at).run(lambda: self._take(*found))
        if not lived:
            self.desk.reopen()
        if twice or not lived:
            self.on_the_way.append(found)

    def _take(self, case: str, found: Document, revoked: bool) -> None:
        def write(connection: Connection) -> list[Entry]:
            case_rows.lock_case(connection, case)
            known = case_rows.documents(connection, case)
            before = self.known[known["birth"]]
            gone = f"birth{versions.REVOKED}" in known
            if gone or not versions.is_newer(found, before):
                return [Entry("superseded", found.id, case)]
            scene = Scene(connection, case, self.desk.clock())
            if revoked:
                case_rows.add_document(connection, case, f"birth{versions.REVOKED}", found.id)
                entries = corrections.revoke(scene, ["register"], found.id)
            else:
                case_rows.add_document(connection, case, "birth", found.id)
                entries = corrections.amend(scene, ["register"], found.id)
            return entries + corrections.advance(scene, {}, ["register"] if revoked else [])

        self.desk.ledger.commit(write)

    # --- the hub and the target ---------------------------------------------------------------

    @rule(case=a_case, fault=st.sampled_from(FAULTS), wait=st.sampled_from([0, 6, 31]))
    def the_hub_works(self, case: str, fault: str, wait: int) -> None:
        self._pass(wait)
        self.peer.faults = [fault]
        self._work(case)
        self.peer.faults = []

    @rule(case=a_case, line=st.integers(1, 400))
    def the_worker_dies_anywhere(self, case: str, line: int) -> None:
        if not type(self).traces(line).run(lambda: self._work(case)):
            self.desk.reopen()

    @rule(case=a_case)
    def it_cannot_be_asked(self, case: str) -> None:
        self.peer.probe_faults = ["lost-before"]
        self._work(case)
        self.peer.probe_faults = []

    @rule(seconds=st.sampled_from([1, 400]))
    def time_passes(self, seconds: int) -> None:
        self._pass(seconds)

    def _pass(self, seconds: int) -> None:
        self.desk.clock.forward(seconds)
        self.peer.work_late()

    @rule()
    def a_person_at_the_target_finishes(self) -> None:
        self.peer.waiting.clear()

    def _work(self, case: str) -> None:
        try:
            for row in self._rows(case):
                if row.state in case_rows.WORKABLE:
                    self._deliver(case, row.item)
        except type(self).death:
            self.desk.reopen()

    def _deliver(self, case: str, item: str) -> None:
        with self.desk.store.read() as connection:
            begun = corrections.begun(connection, case, item)
            known = case_rows.documents(connection, case)
            root = case_rows.get_item(connection, case, root_of(item))
        revoked = ["register"] if f"birth{versions.REVOKED}" in known else []
        sent = self.known[begun.documents[-1] if begun else known["birth"]]
        operation = begun.operation if begun else _operation(item, revoked)
        disclosed = {path: sent.fields[path] for path in ("/number", "/name")}
        moved = Transfer(document.new_id(), sent, self.desk.agreement, disclosed, ["/secret"])
        assert root is not None
        order = Order(
            case, item, "peer", self.peer.operations[operation], {"birth": moved}, "m-2031-01",
            {"effect": root.effect}, may_leave=lambda _: True,
        )  # fmt: skip

        def follow(connection: Connection, outcome: Outcome) -> list[Entry]:
            self.seen[f"{operation} {outcome.state}"] += 1
            if outcome.state == "refused":
                self.refused.add(case)
            return corrections.advance(Scene(connection, case, self.desk.clock()), {}, revoked)

        self.while_gathering()
        self.desk.delivery.deliver(order, self.peer, follow)

    def _rows(self, case: str) -> list[Any]:
        with self.desk.store.read() as connection:
            rows = case_rows.items(connection, case)
        return sorted(rows, key=lambda row: number_of(row.item))

    # --- the oracle -----------------------------------------------------------------------------

    def _books(self, case: str) -> list[str]:
        return [said for _, said in self.peer.books if said.startswith(f"{case} ")]

    def _said(self, case: str) -> list[str]:
        return [
            f"{case} revoked" if revoked else f"{case} {found.fields['/name']}"
            for found, revoked in self.told[case]
        ]

    @invariant()
    def the_target_hears_in_the_source_s_order(self) -> None:
        """Its books are the source's versions in their order, some left out, none twice."""
        for case in CASES:
            books, said = self._books(case), iter(self._said(case))
            assert all(any(each == told for told in said) for each in books), books
            assert all(one != next_ for one, next_ in itertools.pairwise(books)), books

    @invariant()
    def one_effect_a_key(self) -> None:
        keys = Counter(key for key, _ in self.peer.books)
        assert set(keys.values()) <= {1}

    def teardown(self) -> None:
        while self.on_the_way:
            self._take(*self.on_the_way.pop(len(self.on_the_way) // 2))
            self._work("c1")
        self.peer.waiting.clear()
        while any(r.state in case_rows.WORKABLE for case in CASES for r in self._rows(case)):
            for case in CASES:
                self._work(case)
            self.desk.clock.forward(31)
        self.peer.work_late()
        self.the_target_hears_in_the_source_s_order()
        for case in CASES:
            self._check(case)
        assert self.desk.problems() == []
        self.desk.store.close()

    def _check(self, case: str) -> None:
        states = {row.item: row.state for row in self._rows(case)}
        books, said = self._books(case), self._said(case)
        assert set(states.values()) <= {"applied", "superseded", "refused"}, states
        if case in self.refused:
            return
        if self._is_revoked(case):
            assert books == [] or books[-1] == said[-1], (books, said, states)
        else:
            assert books[-1] == said[-1], (books, said, states)


def _operation(item: str, revoked: list[str]) -> str:
    if MARK not in item:
        return "register"
    return "revoke" if revoked else "amend"


@pytest.mark.guarantee("G3")
@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("class_", ["probe", "keyed"])
def test_final_books_equal_the_oracle_s(
    make_desk: Callable[[], Any],
    peer_class: Any,
    trace_class: Any,
    killed: type,
    class_: str,
    record_property: Callable[[str, object], None],
) -> None:
    class World(_World):
        desks = staticmethod(make_desk)
        peers = staticmethod(_register(peer_class))
        traces = staticmethod(trace_class)
        death = killed
        idempotence = class_
        seen: ClassVar[Counter[str]] = Counter()

    run_state_machine_as_test(
        World,
        settings=settings(
            max_examples=ROUNDS,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # to shrink a failure would take minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
    record_property("rounds", ROUNDS)
    print(dict(World.seen))
    for word in ("register applied", "amend applied", "revoke applied", "amend superseded"):
        assert World.seen[word], f"no round came to {word}"
