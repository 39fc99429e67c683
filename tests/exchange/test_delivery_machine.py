"""Any sequence of deliveries, faults, deaths and waiting: at most one effect a key (G2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

STORES = ("sqlite", "postgresql")

FAULTS = (
    "retriable",
    "lost-before",
    "lost-after",
    "lost-late",
    "foreign-before",
    "foreign-after",
    "forbidden",
    "invalid",
    "refused",
    "waiting",
    "nothing",
    "die-before",
    "die-after",
    "die-late",
)
PROBE_FAULTS = ("retriable", "lost-before", "foreign-before", "forbidden", "fatal", "die-before")
EVENTS = ("X1", "X2", "X3")
CASES = {
    f"{event}-{n}": {"name": name, "/number": event}
    for event in EVENTS
    for n, name in enumerate(("张小直", "张小直", "张小达"))
}
"""Three cases of each event; the third says something else."""
a_case = st.sampled_from(sorted(CASES))


class _World(RuleBasedStateMachine):
    desks: Callable[[], Any]
    peers: Callable[..., Any]
    death: type[BaseException]
    idempotence: str

    def __init__(self) -> None:
        super().__init__()
        self.desk = type(self).desks()
        self.peer = type(self).peers(self.desk.clock, self.idempotence)
        self.keys = {event: self.desk.key(self.peer, **{"/number": event}) for event in EVENTS}
        for case in CASES:
            self.desk.open_case(case)

    @rule(case=a_case, fault=st.sampled_from(("", *FAULTS)))
    def deliver(self, case: str, fault: str) -> None:
        self.peer.faults = [fault]
        self._deliver(case)
        self.peer.faults = []

    @rule(case=a_case, fault=st.sampled_from(PROBE_FAULTS))
    def deliver_while_it_cannot_be_asked(self, case: str, fault: str) -> None:
        self.peer.probe_faults = [fault]
        self._deliver(case)
        self.peer.probe_faults = []

    @rule(seconds=st.sampled_from([1, 6, 28, 31, 400, 40 * 86_400]))
    def time_passes(self, seconds: int) -> None:
        self.desk.clock.forward(seconds)
        self.peer.work_late()

    @rule()
    def a_person_at_the_target_finishes(self) -> None:
        self.peer.waiting.clear()

    @rule(case=a_case)
    def a_person_replays(self, case: str) -> None:
        if self.desk.item(case).state in ("parked", "invalid"):
            self.desk.replay(case)

    @rule()
    def the_worker_is_replaced(self) -> None:
        self.desk.reopen()

    def _deliver(self, case: str) -> None:
        try:
            self.desk.deliver(self.peer, case, **CASES[case])
        except self.death:
            self.desk.reopen()

    @invariant()
    def at_most_one_effect(self) -> None:
        """Counted with what is still on its way at the peer.

        A peer that recognises a repetition may have several of the same on the way.
        """
        for key in self.keys.values():
            there = [content for known, content in self.peer.books if known == key]
            coming = [content for _, known, content in self.peer.late if known == key]
            if self.idempotence in ("natural", "keyed"):
                assert len(there) <= 1
                assert len({*there, *coming}) <= 1
            else:
                assert len(there) + len(coming) <= 1

    def teardown(self) -> None:
        """When all is quiet our rows say what the peer's books say."""
        self.peer.waiting.clear()
        self.desk.until_quiet(self.peer, *CASES, told=CASES)
        self.peer.work_late()
        for event in EVENTS:
            self._check(event)
        assert self.desk.problems() == []
        self.desk.close()

    def _check(self, event: str) -> None:
        row = self.desk.find_row(self.keys[event])
        state = row.state if row else "none"
        books = [content for known, content in self.peer.books if known == self.keys[event]]
        mine = [case for case in CASES if case.startswith(event)]
        applied = {CASES[case]["name"] for case in mine if self.desk.item(case).state == "applied"}
        assert len(applied) <= 1
        if applied:
            assert (state, books) == ("applied", sorted(applied))
        if state == "applied":
            assert len(books) == 1
        if state in ("none", "refused", "invalid", "pending"):
            assert books == []
        assert state not in ("sent", "unknown", "stored")


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("class_", ["probe", "natural", "keyed", "none"])
def test_no_sequence_of_events_makes_a_second_effect(
    make_desk: Callable[[], Any],
    peer_class: Any,
    killed: type,
    class_: str,
    database: Any,
) -> None:
    class World(_World):
        desks = staticmethod(make_desk)
        peers = staticmethod(peer_class)
        death = killed
        idempotence = class_

    run_state_machine_as_test(
        World,
        settings=settings(
            max_examples=database.rounds(40),
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # to shrink a failure would take minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
