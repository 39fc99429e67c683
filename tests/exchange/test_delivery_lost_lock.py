"""A worker whose lock is lost while it lives (the database restarted in mid-call): G2."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from exchange.delivery import Delivery
from exchange.errors import Fatal

STORES = ("sqlite", "postgresql")

pytestmark = pytest.mark.guarantee("G2")


class LostLocks:
    """Gives every lock to everybody, as if each session had just been replaced."""

    owner = "host/1/1"

    def __init__(self, *, dead: bool = False) -> None:
        self.dead = dead

    def proves_death(self, name: str) -> bool:
        return self.dead

    @contextmanager
    def hold(self, key: str) -> Iterator[bool]:
        yield True

    def close(self) -> None:
        pass


def meanwhile(peer: Any, work: Callable[..., Any]) -> list[Any]:
    """Have ``work`` done within the first call, and give what it tells."""
    told: list[Any] = []

    def once() -> None:
        peer.while_sending = lambda: None
        told.append(work())

    peer.while_sending = once
    return told


@pytest.fixture
def another_worker(desk: Any, peer: Any) -> Callable[..., Any]:
    """What a second worker makes of the case while the first is in its call."""

    def work(*, dead: bool = False) -> Any:
        parts = {"store": desk.store, "ledger": desk.ledger, "vault": desk.vault}
        other = Delivery(**parts, locks=LostLocks(dead=dead), clock=desk.clock)
        desk.clock.forward(6)
        first = other.deliver(desk.order(peer), peer, desk.follow("c1"))
        desk.clock.forward(31)
        return first, other.deliver(desk.order(peer), peer, desk.follow("c1"))

    return work


def test_what_cannot_be_undone_is_never_sent_again_while_its_worker_may_live(
    desk: Any, make_peer: Callable[..., Any], another_worker: Callable[..., Any], peer: Any
) -> None:
    strict = make_peer(irreversible=True)
    peer.operation = strict.operation
    told = meanwhile(peer, another_worker)
    desk.deliver(peer)
    _, second = told[0]
    assert (second.state, second.code) == ("parked", "delivery.owner-lives")
    assert len(peer.books) == 1
    assert desk.row(peer).state == "applied", "the first worker's answer is the truth after all"
    assert desk.item().state == "applied"
    assert desk.problems() == []


def test_what_can_be_undone_is_sent_again_and_the_late_answer_is_only_kept(
    desk: Any, peer: Any, another_worker: Callable[..., Any]
) -> None:
    peer.operation = type(peer.operation)(
        **{n: getattr(peer.operation, n) for n in peer.operation.__slots__}
        | {"idempotence": "keyed"}
    )
    told = meanwhile(peer, another_worker)
    assert desk.deliver(peer).state == "busy"
    assert told[0][1].state == "applied"
    assert len(peer.books) == 1
    assert (desk.row(peer).state, desk.row(peer).attempts) == ("applied", 2)
    assert [entry.kind for entry in desk.entries()].count("late-answer") == 1
    assert len(desk.entries("followed")) == 1
    assert desk.problems() == []


def test_a_late_no_says_nothing_of_what_another_worker_has_sent_since(
    desk: Any, peer: Any, another_worker: Callable[..., Any]
) -> None:
    peer.faults = ["lost-after", "refused"]  # the second worker's, then the first's
    told = meanwhile(peer, another_worker)
    assert desk.deliver(peer).state == "busy"
    assert told[0][1].state == "unknown"
    assert (desk.row(peer).state, desk.row(peer).attempts) == ("unknown", 2)
    assert desk.item().state == "unknown"
    desk.until_quiet(peer)
    assert desk.item().state == "applied"
    assert len(peer.books) == 1
    assert desk.problems() == []


def test_who_wakes_up_before_it_has_sent_changes_nothing_that_another_has_done(
    desk: Any, peer: Any, another_worker: Callable[..., Any]
) -> None:
    """Stopped while it made the message, which then fails: nothing left from here."""
    prepare = peer.prepare

    def stopped(*told: Any) -> Any:
        peer.prepare = prepare
        another_worker()
        raise Fatal("site.bad-key", file="f")

    peer.prepare = stopped
    assert desk.deliver(peer).state == "busy"
    assert (desk.item().state, len(peer.books)) == ("applied", 1)


def test_a_worker_that_surely_died_is_followed_as_ever(
    desk: Any, make_peer: Callable[..., Any], another_worker: Callable[..., Any], killed: type
) -> None:
    peer = make_peer(irreversible=True)
    peer.faults = ["die-before"]
    with pytest.raises(killed):
        desk.deliver(peer)
    parts = {"store": desk.store, "ledger": desk.ledger, "vault": desk.vault}
    other = Delivery(**parts, locks=LostLocks(dead=True), clock=desk.clock)
    for _ in range(2):
        desk.clock.forward(31)
        told = other.deliver(desk.order(peer), peer, desk.follow("c1"))
    assert told.state == "applied"
    assert len(peer.books) == 1
