"""One business event, one effect, for ever; counted in the peer's own books (G1, G2, G13)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from exchange import canonical, circuit, receipt, times
from exchange.bookkeeping import Order
from exchange.errors import Fatal, Invalid, NotYet, Problem, Rejected, Retriable
from exchange.store import case_rows, delivery_rows

STORES = ("sqlite", "postgresql")

pytestmark = pytest.mark.guarantee("G2")

CLASSES = ("probe", "natural", "keyed", "none")


# --- the plain way ----------------------------------------------------------------------------


def test_an_effect_comes_about_once_and_everything_says_so(desk: Any, peer: Any) -> None:
    outcome = desk.deliver(peer)

    assert (outcome.state, outcome.answer.reference) == ("applied", "N1")
    assert len(peer.books) == 1
    assert desk.item().state == "applied"
    assert desk.row(peer).state == "applied"
    assert desk.row(peer).settled_at == times.stamp(desk.clock())
    assert [row.kind for row in desk.entries()] == ["transfer", "receipt", "followed"]
    assert desk.problems() == []


def test_the_request_counts_as_sent_before_it_leaves(desk: Any, peer: Any) -> None:
    seen = []
    peer.while_sending = lambda: seen.append((desk.row(peer).state, desk.item().state))
    desk.deliver(peer)
    assert seen == [("sent", "sent")]


def test_no_transaction_is_open_during_the_call(desk: Any, peer: Any) -> None:
    def write() -> None:
        with desk.store.write():
            pass

    peer.while_sending = write
    assert desk.deliver(peer).state == "applied"


def test_the_ledger_holds_no_value_of_the_record(desk: Any, peer: Any) -> None:
    desk.deliver(peer)
    bodies = b"".join(row.body for row in desk.entries())
    assert "张小直".encode() not in bodies
    assert b"X320117001" not in bodies


def test_the_receipt_gives_the_answer_back_as_it_came(desk: Any, peer: Any) -> None:
    given = desk.deliver(peer).answer
    with desk.store.read() as connection:
        kept = delivery_rows.get_receipt(connection, desk.row(peer).receipt)
    assert receipt.open_row(desk.vault, kept).answer() == given


# --- what the peer answers --------------------------------------------------------------------


def test_a_refusal_ends_the_item_with_the_peers_own_words(desk: Any, peer: Any) -> None:
    peer.faults = ["refused"]
    outcome = desk.deliver(peer)
    assert (outcome.state, outcome.code, outcome.refusal.reason) == (
        "refused",
        "peer.refused",
        "材料不符",
    )
    assert (desk.item().state, desk.row(peer).state) == ("refused", "refused")
    assert desk.row(peer).settled_at
    with desk.store.read() as connection:
        kept = delivery_rows.get_receipt(connection, desk.row(peer).receipt)
    opened = receipt.open_row(desk.vault, kept)
    assert (opened.what, opened.raw, opened.reason) == ("refused", b"<no/>", "材料不符")


def test_a_refused_event_is_never_repeated_unchanged(desk: Any, peer: Any) -> None:
    peer.faults = ["refused"]
    desk.deliver(peer)
    desk.replay()
    outcome = desk.deliver(peer)
    assert (outcome.code, outcome.refusal.reason) == ("delivery.refused-before", "材料不符")
    assert peer.calls["submit"] == 1


def test_a_refused_event_with_mended_data_is_sent(desk: Any, peer: Any) -> None:
    peer.faults = ["refused"]
    desk.deliver(peer)
    desk.replay()
    assert desk.deliver(peer, name="张小达").state == "applied"
    assert [content for _, content in peer.books] == ["张小达"]


@pytest.mark.parametrize("fault", ["retriable", "fatal", "forbidden"])
def test_what_surely_was_not_executed_is_tried_again_later(
    desk: Any, peer: Any, fault: str
) -> None:
    peer.faults = [fault]
    outcome = desk.deliver(peer)
    assert (outcome.state, outcome.sick) == ("ready", True)
    assert desk.row(peer).state == "pending"
    assert desk.wait() > 0
    desk.until_quiet(peer)
    assert len(peer.books) == 1
    assert peer.calls["probe"] == 0


def test_each_failure_waits_longer_and_the_circuit_opens(desk: Any, peer: Any) -> None:
    peer.faults = ["retriable"] * 8
    waits = []
    for _ in range(8):
        desk.deliver(peer)
        waits.append(desk.wait())
        desk.clock.forward(desk.wait())
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128]
    with desk.store.read() as connection:
        assert delivery_rows.get_circuit(connection, "peer").failures == 8
    assert desk.deliver(peer).state == "applied"
    with desk.store.read() as connection:
        assert delivery_rows.get_circuit(connection, "peer") is None


@pytest.mark.parametrize(("asked", "wait"), [(120, 120), (-5, 1), (10**15, 86_400)])
def test_the_peer_may_ask_for_a_pause(desk: Any, peer: Any, asked: int, wait: float) -> None:
    def busy() -> None:
        raise Retriable("wire.busy", retry_after=asked)

    peer.while_sending = busy
    desk.deliver(peer)
    assert desk.wait() == wait


def test_what_waits_for_something_of_its_own_waits_alone(desk: Any, peer: Any) -> None:
    def stayed_on() -> None:
        raise NotYet("peer.not-yet", retry_after=3600)

    peer.while_sending = stayed_on
    for case in ("c1", "c2", "c3", "c4"):
        if case != "c1":
            desk.open_case(case)
        desk.deliver(peer, case, **{"/number": f"X{case}"})
    assert desk.wait() == 3600
    with desk.store.read() as connection:
        pause = circuit.open_until(connection, "peer", desk.clock())
    assert pause is None, "four that wait are no sick system"
    peer.while_sending = lambda: None
    desk.clock.forward(3600)
    assert desk.deliver(peer, "c1", **{"/number": "Xc1"}).state == "applied"


def test_what_the_wire_cannot_carry_is_invalid_and_may_be_sent_once_mended(
    desk: Any, peer: Any
) -> None:
    peer.faults = ["invalid"]
    outcome = desk.deliver(peer)
    assert (outcome.state, outcome.sick, desk.row(peer).state) == ("invalid", False, "invalid")
    assert [json.loads(row.body)["code"] for row in desk.entries("invalid")] == [outcome.code]
    desk.replay()
    assert desk.deliver(peer).state == "applied"


@pytest.mark.parametrize("text", ["\ud800", "x" * 100_000])
def test_hostile_words_of_a_peer_are_kept_without_harm(desk: Any, peer: Any, text: str) -> None:
    def refuse() -> None:
        raise Rejected("peer.refused", told=text).answered(b"\xff\x00", text)

    peer.while_sending = refuse
    assert desk.deliver(peer).state == "refused"
    assert desk.item().state == "refused"


def test_an_answer_of_ten_megabytes_is_kept(desk: Any, peer: Any) -> None:
    raw = bytes(range(256)) * 40_000

    def refuse() -> None:
        raise Rejected("peer.refused").answered(raw)

    peer.while_sending = refuse
    desk.deliver(peer)
    with desk.store.read() as connection:
        kept = delivery_rows.get_receipt(connection, desk.row(peer).receipt)
    assert receipt.open_row(desk.vault, kept).raw == raw


# --- before anything is sent ------------------------------------------------------------------


def test_invalid_data_is_told_with_every_problem_and_nothing_leaves(desk: Any, peer: Any) -> None:
    peer.prepare_fault = Invalid.of(
        [
            Problem("mapping.missing", {"path": "/a"}),
            Problem("mapping.unknown-code", {"path": "/b", "mask": "*"}),
        ]
    )
    outcome = desk.deliver(peer)
    told = canonical.loads(str(outcome.facts["problems"]).encode())
    assert [p["code"] for p in told] == ["mapping.missing", "mapping.unknown-code"]
    assert (outcome.state, peer.calls["submit"]) == ("invalid", 0)
    entry = json.loads(desk.entries("invalid")[0].body)
    assert entry["problems"] == told
    assert (desk.item().state, desk.problems()) == ("invalid", [])


@pytest.mark.parametrize("number", ["", "  "])
def test_a_thing_without_identity_is_never_sent(desk: Any, peer: Any, number: str) -> None:
    order = desk.order(peer, **{"/number": number})
    outcome = desk.delivery.deliver(order, peer, desk.follow("c1"))
    assert (outcome.state, outcome.code) == ("invalid", "effect.no-identity")
    assert peer.calls["submit"] == 0


def test_content_that_has_no_exact_form_is_never_sent(desk: Any, peer: Any) -> None:
    assert desk.deliver(peer, name="\ud83d").code == "canonical.not-text"
    assert (desk.item().state, peer.calls["submit"]) == ("invalid", 0)


def test_a_defect_that_one_record_triggers_parks_it_and_leaves_the_leg_well(
    desk: Any, peer: Any
) -> None:
    peer.prepare_fault = ZeroDivisionError("a defect")
    outcome = desk.deliver(peer)
    assert (outcome.state, outcome.code, outcome.sick) == (
        "parked",
        "delivery.cannot-prepare",
        False,
    )
    with desk.store.read() as connection:
        assert delivery_rows.get_circuit(connection, "peer") is None


def test_a_broken_configuration_makes_the_leg_sick_and_heals(desk: Any, peer: Any) -> None:
    peer.prepare_fault = Fatal("site.bad-key", file="f")
    assert desk.deliver(peer).sick
    assert (desk.item().state, desk.wait()) == ("ready", 1)
    peer.prepare_fault = None
    desk.until_quiet(peer)
    assert len(peer.books) == 1


# --- the answer is lost -----------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["lost-before", "lost-after", "lost-late"])
@pytest.mark.parametrize("idempotence", ["probe", "natural", "keyed"])
def test_a_lost_answer_never_makes_a_second_effect(
    desk: Any, make_peer: Callable[..., Any], idempotence: str, fault: str
) -> None:
    peer = make_peer(idempotence)
    peer.faults = [fault]
    outcome = desk.deliver(peer)
    assert (outcome.state, outcome.sick, desk.item().state) == ("unknown", True, "unknown")
    desk.until_quiet(peer)
    peer.work_late()
    assert (desk.item().state, len(peer.books)) == ("applied", 1)
    assert desk.problems() == []


@pytest.mark.parametrize("fault", ["lost-before", "lost-after"])
def test_what_nobody_can_ask_about_is_parked_and_never_repeated(
    desk: Any, make_peer: Callable[..., Any], fault: str
) -> None:
    peer = make_peer("none")
    peer.faults = [fault]
    desk.deliver(peer)
    desk.until_quiet(peer)
    assert (desk.item().state, desk.item().code) == ("parked", "delivery.unknowable")
    assert [row.ref for row in desk.entries("parked")] == [desk.key(peer)]
    desk.replay()
    desk.until_quiet(peer)
    assert peer.calls == {"submit": 1}


@pytest.mark.parametrize(("fault", "count"), [("foreign-before", 0), ("foreign-after", 1)])
def test_a_foreign_exception_counts_as_a_lost_answer(
    desk: Any, peer: Any, fault: str, count: int
) -> None:
    peer.faults = [fault]
    outcome = desk.deliver(peer)
    assert (outcome.state, outcome.code) == ("unknown", "delivery.defect")
    assert len(peer.books) == count
    desk.until_quiet(peer)
    assert len(peer.books) == 1


def test_an_adapter_that_answers_nothing_or_nonsense_is_a_lost_answer(desk: Any, peer: Any) -> None:
    peer.faults = ["nothing"]
    assert desk.deliver(peer).state == "unknown"
    peer.record = {"weight": 3.35}  # a float: no canonical form
    desk.clock.forward(60)
    assert desk.deliver(peer).code == "delivery.defect"
    peer.record = {"weight": 3350}
    desk.until_quiet(peer)
    assert (desk.item().state, len(peer.books)) == ("applied", 1)


def test_the_target_is_not_asked_before_it_has_settled(desk: Any, peer: Any) -> None:
    peer.while_sending = lambda: desk.clock.forward(100)  # a call may be longer than settling
    peer.faults = ["lost-late"]
    desk.deliver(peer)
    assert desk.wait() == 30
    desk.clock.forward(29)
    assert desk.deliver(peer).state == "busy"
    assert peer.calls["probe"] == 0
    desk.clock.forward(1)
    assert desk.deliver(peer).state == "applied"
    assert (peer.calls["probe"], len(peer.books)) == (1, 1)


@pytest.mark.parametrize("fault", ["retriable", "lost-before", "forbidden", "fatal"])
def test_a_target_that_cannot_be_asked_leaves_it_unknown(desk: Any, peer: Any, fault: str) -> None:
    peer.faults = ["lost-after"]
    desk.deliver(peer)
    desk.clock.forward(31)
    peer.probe_faults = [fault]
    outcome = desk.deliver(peer)
    assert (outcome.state, outcome.sick) == ("unknown", True)
    assert desk.wait() > 0  # no sweep after sweep at once
    desk.until_quiet(peer)
    assert (desk.item().state, len(peer.books)) == ("applied", 1)


def test_an_invalid_question_says_nothing_about_the_effect(desk: Any, peer: Any) -> None:
    peer.faults = ["lost-after"]
    desk.deliver(peer)
    desk.clock.forward(31)
    peer.probe_faults = ["invalid"]
    outcome = desk.deliver(peer)
    assert (outcome.state, outcome.code) == ("parked", "delivery.cannot-probe")
    desk.replay()
    desk.until_quiet(peer)
    assert (desk.item().state, len(peer.books)) == ("applied", 1)


@pytest.mark.parametrize("idempotence", ["probe", "natural", "keyed"])
@pytest.mark.parametrize(
    ("fault", "because"),
    [
        (Invalid("mapping.missing", path="/name"), "mapping.missing"),
        (Rejected("mapping.unknown-code", path="/name"), "mapping.unknown-code"),
        (ZeroDivisionError("a defect"), "delivery.cannot-prepare"),
    ],
)
def test_a_question_that_cannot_be_built_parks_the_doubtful_effect(
    desk: Any, make_peer: Callable[..., Any], idempotence: str, fault: Exception, because: str
) -> None:
    """Whatever it is that our own mapping says no with: the target has said nothing."""
    peer = make_peer(idempotence)
    peer.faults = ["lost-after"]
    desk.deliver(peer)
    desk.clock.forward(31)
    peer.prepare_fault = fault
    outcome = desk.deliver(peer)
    told = (outcome.state, outcome.code, outcome.facts)
    assert told == ("parked", "delivery.cannot-probe", {"because": because})
    assert desk.row(peer).state == "parked"


@pytest.mark.parametrize(("first", "state"), [("lost-after", "unknown"), ("waiting", "stored")])
def test_while_no_question_can_be_built_for_anyone_the_effect_stays_what_it_was(
    desk: Any, peer: Any, first: str, state: str
) -> None:
    peer.faults = [first]
    desk.deliver(peer)
    desk.clock.forward(31)
    peer.prepare_fault = Fatal("site.bad-key", file="f")
    assert desk.deliver(peer).sick
    assert desk.item().state == desk.row(peer).state == state
    peer.prepare_fault = None
    peer.waiting.clear()
    desk.until_quiet(peer)
    assert (desk.item().state, len(peer.books)) == ("applied", 1)


def test_the_probe_finds_a_refusal(desk: Any, peer: Any) -> None:
    peer.faults = ["lost-before"]
    desk.deliver(peer)
    desk.clock.forward(31)
    peer.probe_faults = ["refused"]
    assert desk.deliver(peer).state == "refused"
    assert desk.row(peer).state == "refused"


def test_a_natural_repetition_that_fails_stays_unknown(
    desk: Any, make_peer: Callable[..., Any]
) -> None:
    """The repetition surely was not executed, but what it repeats may have been."""
    peer = make_peer("natural")
    peer.faults = ["lost-after", "retriable"]
    desk.deliver(peer)
    desk.clock.forward(31)
    assert desk.deliver(peer).state == "unknown"
    assert desk.row(peer).state == "unknown"


def test_a_refused_repetition_says_nothing_about_the_first_call(
    desk: Any, make_peer: Callable[..., Any]
) -> None:
    peer = make_peer("natural")
    peer.faults = ["lost-after", "refused"]
    desk.deliver(peer)
    desk.clock.forward(31)
    outcome = desk.deliver(peer)
    assert (outcome.state, outcome.code) == ("parked", "delivery.refused-repeated")
    assert desk.row(peer).receipt  # the peer's words are kept for the person


def test_who_keeps_our_key_answers_for_both_calls(desk: Any, make_peer: Callable[..., Any]) -> None:
    peer = make_peer("keyed")
    peer.faults = ["lost-before", "refused"]
    desk.deliver(peer)
    desk.clock.forward(31)
    assert desk.deliver(peer).state == desk.row(peer).state == "refused"
    assert peer.books == []


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("first", ["lost-after", "lost-before"])
def test_what_may_be_given_has_changed_so_the_key_is_not_used_for_something_else(
    desk: Any, make_peer: Callable[..., Any], first: str
) -> None:
    """The peer would refuse it as no repetition, and that is no answer to the call before."""
    peer = make_peer("keyed")
    peer.faults = [first]
    desk.deliver(peer)
    desk.clock.forward(31)
    outcome = desk.deliver(peer, name="张小直（更少字段）")
    assert (outcome.state, outcome.code) == ("parked", "delivery.changed-since")
    assert (desk.row(peer).state, peer.calls["submit"]) == ("parked", 1)
    desk.replay()  # the agreement is as it was
    desk.until_quiet(peer)
    assert (desk.item().state, len(peer.books)) == ("applied", 1)


@pytest.mark.parametrize("idempotence", ["natural", "keyed"])
def test_a_repetition_that_the_wire_cannot_carry_parks_the_doubtful_effect(
    desk: Any, make_peer: Callable[..., Any], idempotence: str
) -> None:
    peer = make_peer(idempotence)
    peer.faults = ["lost-after", "invalid"]
    desk.deliver(peer)
    desk.clock.forward(31)
    assert desk.deliver(peer).code == "delivery.cannot-probe"


# --- a person at the target must act ----------------------------------------------------------


def test_a_stored_request_is_polled_without_filling_the_ledger(desk: Any, peer: Any) -> None:
    peer.faults = ["waiting"]
    assert desk.deliver(peer).state == "stored"
    assert desk.wait() == 10
    before = len(desk.entries())
    for _ in range(20):
        desk.clock.forward(desk.wait())
        assert desk.deliver(peer).state == "stored"
    assert len(desk.entries()) == before
    assert desk.wait() > 20  # who has waited long can wait a little longer
    peer.waiting.clear()
    desk.clock.forward(400)
    assert desk.deliver(peer).state == "applied"
    with desk.store.read() as connection:
        kept = delivery_rows.receipts(connection, [desk.key(peer)])
    assert [row.what for row in kept] == ["stored", "applied"]
    assert len(peer.books) == 1


def test_a_first_answer_is_kept_though_the_request_was_known_to_be_stored(
    desk: Any, peer: Any
) -> None:
    """Their books have told us; what they answer is the receipt."""
    peer.faults = ["waiting", "lost-after"]
    desk.deliver(peer)
    row = desk.row(peer)
    with desk.store.write() as connection:
        delivery_rows.put_delivery(connection, replace(row, receipt=""), seen=row)
    desk.clock.forward(31)
    assert desk.deliver(peer).state == "stored"
    assert desk.row(peer).receipt


def test_a_stored_request_that_vanished_is_for_a_person(desk: Any, peer: Any) -> None:
    peer.faults = ["waiting"]
    desk.deliver(peer)
    peer.books.clear()
    peer.waiting.clear()
    desk.clock.forward(11)
    assert desk.deliver(peer).code == "delivery.vanished"
    desk.replay()
    desk.until_quiet(peer)
    assert (desk.item().state, len(peer.books)) == ("applied", 1)


def test_a_stored_request_stays_stored_while_the_target_is_down(desk: Any, peer: Any) -> None:
    peer.faults = ["waiting"]
    desk.deliver(peer)
    peer.probe_faults = ["retriable"] * 4
    for _ in range(4):
        desk.clock.forward(desk.wait())
        outcome = desk.deliver(peer)
        assert (outcome.state, outcome.sick) == ("stored", True)
        assert desk.wait() >= 8
    assert desk.row(peer).state == "stored"


# --- the same event more than once ------------------------------------------------------------


def test_a_task_that_runs_twice_changes_nothing(desk: Any, peer: Any) -> None:
    first = desk.deliver(peer)
    before = len(desk.entries())
    second = desk.deliver(peer)
    assert (second.state, second.answer) == ("applied", first.answer)
    assert (len(desk.entries()), len(peer.books)) == (before, 1)


def test_forty_days_late_it_is_still_the_same_event(desk: Any, peer: Any) -> None:
    desk.deliver(peer)
    desk.open_case("c2")
    desk.clock.forward(40 * 86_400)
    assert desk.deliver(peer, "c2").code == "delivery.duplicate"
    assert len(peer.books) == 1


def test_a_second_case_gets_the_old_receipt_and_what_follows_from_it(desk: Any, peer: Any) -> None:
    first = desk.deliver(peer)
    desk.open_case("c2")
    second = desk.deliver(peer, "c2")
    assert (second.state, second.answer) == ("applied", first.answer)
    assert desk.item("c2").state == "applied"
    assert desk.item("c2").effect == desk.item("c1").effect
    followed = [json.loads(row.body) for row in desk.entries("followed")]
    assert [(told["case"], told["number"]) for told in followed] == [("c1", "1"), ("c2", "1")]
    assert [row.case for row in desk.entries("duplicate")] == ["c2"]
    assert desk.row(peer).case == "c1"


def test_the_same_event_with_other_content_is_a_conflict(desk: Any, peer: Any) -> None:
    desk.deliver(peer)
    desk.open_case("c2")
    outcome = desk.deliver(peer, "c2", "张小达")
    assert (outcome.state, outcome.code) == ("refused", "delivery.conflict")
    assert [content for _, content in peer.books] == ["张小直"]
    assert desk.row(peer).state == "applied"


def test_a_second_case_waits_until_the_first_is_known(desk: Any, peer: Any) -> None:
    peer.faults = ["lost-after"]
    desk.deliver(peer)
    desk.open_case("c2")
    assert desk.deliver(peer, "c2").state == "busy"
    assert desk.wait("c2") == 30  # and no sweep takes it up before
    desk.until_quiet(peer, "c1", "c2")
    assert (desk.item("c1").state, desk.item("c2").state) == ("applied", "applied")
    assert len(peer.books) == 1


@pytest.mark.parametrize("idempotence", ["probe", "natural", "keyed"])
@pytest.mark.parametrize("fault", ["lost-after", "lost-late", "waiting"])
def test_other_content_never_overtakes_a_doubtful_effect(
    desk: Any, make_peer: Callable[..., Any], idempotence: str, fault: str
) -> None:
    peer = make_peer(idempotence)
    peer.faults = [fault]
    desk.deliver(peer)
    desk.open_case("c2")
    told = {"c2": {"name": "张小达"}}
    for _ in range(3):
        desk.clock.forward(31)
        desk.deliver(peer, "c2", "张小达")
    peer.waiting.clear()
    desk.until_quiet(peer, "c1", "c2", told=told)
    assert [content for _, content in peer.books] == ["张小直"]
    assert (desk.item("c1").state, desk.item("c2").code) == ("applied", "delivery.conflict")


def test_other_content_is_sent_when_the_first_surely_did_not_come_about(
    desk: Any, peer: Any
) -> None:
    peer.faults = ["lost-before"]
    desk.deliver(peer)
    desk.open_case("c2")
    desk.clock.forward(31)
    assert desk.deliver(peer, "c2", "张小达").state == "applied"
    assert desk.deliver(peer).code == "delivery.conflict"
    assert [content for _, content in peer.books] == ["张小达"]


def test_what_is_parked_for_one_case_is_not_decided_by_another(
    desk: Any, make_peer: Callable[..., Any]
) -> None:
    peer = make_peer("none")
    peer.faults = ["lost-before"]
    desk.deliver(peer)
    desk.until_quiet(peer)
    desk.open_case("c2")
    outcome = desk.deliver(peer, "c2")
    assert (outcome.state, outcome.code) == ("parked", "delivery.parked-before")
    assert peer.calls["submit"] == 1


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("idempotence", ["natural", "keyed", "probe", "none"])
def test_what_was_given_up_is_sent_by_no_later_order(
    desk: Any, make_peer: Callable[..., Any], idempotence: str
) -> None:
    peer = make_peer(idempotence)
    peer.faults = ["lost-before"]
    desk.deliver(peer)
    row = desk.row(peer)
    with desk.store.write() as connection:
        delivery_rows.put_delivery(connection, replace(row, state="given-up"), seen=row)
    desk.clock.forward(31)
    desk.open_case("c2")
    outcome = desk.deliver(peer, "c2")
    assert (outcome.state, outcome.code) == ("parked", "delivery.given-up")
    assert (peer.calls["submit"], peer.books) == (1, [])


def test_no_order_leaves_because_nobody_said_that_it_may_not(desk: Any, peer: Any) -> None:
    told = {f.name: getattr(desk.order(peer), f.name) for f in fields(Order)}
    del told["may_leave"]
    with pytest.raises(TypeError, match="may_leave"):
        Order(**told)


def test_an_order_that_may_not_leave_any_more_changes_nothing_but_waits(
    desk: Any, peer: Any
) -> None:
    order = replace(desk.order(peer), may_leave=lambda _: False)
    assert desk.delivery.deliver(order, peer, desk.follow("c1")).state == "busy"
    assert (peer.calls["submit"], desk.find_row(desk.key(peer))) == (0, None)
    assert (desk.item().state, desk.entries("transfer")) == ("ready", [])
    desk.clock.forward(desk.wait())
    assert desk.deliver(peer).state == "applied"


def test_what_may_have_left_stays_unknown_while_no_order_may_leave(
    desk: Any, make_peer: Callable[..., Any]
) -> None:
    peer = make_peer("natural")
    peer.faults = ["lost-before"]
    desk.deliver(peer)
    desk.clock.forward(60)
    order = replace(desk.order(peer), may_leave=lambda _: False)
    desk.delivery.deliver(order, peer, desk.follow("c1"))
    assert (desk.item().state, desk.row(peer).state) == ("unknown", "unknown")
    assert peer.calls["submit"] == 1
    desk.until_quiet(peer)
    assert len(peer.books) == 1


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("idempotence", ["natural", "keyed", "probe", "none"])
def test_nothing_leaves_for_a_cancelled_case(
    desk: Any, make_peer: Callable[..., Any], idempotence: str
) -> None:
    peer = make_peer(idempotence)
    order = replace(desk.order(peer), is_cancelled=lambda _: True)
    outcome = desk.delivery.deliver(order, peer, desk.follow("c1"))
    assert (outcome.state, outcome.code) == ("cancelled", "case.cancelled")
    assert (peer.calls["submit"], desk.find_row(desk.key(peer))) == (0, None)
    assert desk.item().state == "cancelled"


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize(
    ("idempotence", "item"), [("natural", "parked"), ("keyed", "parked"), ("probe", "cancelled")]
)
def test_what_may_have_left_for_a_case_since_cancelled_is_asked_after_and_never_repeated(
    desk: Any, make_peer: Callable[..., Any], idempotence: str, item: str
) -> None:
    """Who can only be asked by repeating is for a person to ask."""
    peer = make_peer(idempotence)
    peer.faults = ["lost-before"]
    desk.deliver(peer)
    for _ in range(4):
        desk.clock.forward(60)
        order = replace(desk.order(peer), is_cancelled=lambda _: True)
        desk.delivery.deliver(order, peer, desk.follow("c1"))
    assert (desk.item().state, peer.calls["submit"], peer.books) == (item, 1, [])


def test_each_movement_is_noted_once_however_often_it_is_tried(desk: Any, peer: Any) -> None:
    peer.faults = ["retriable"] * 3
    desk.until_quiet(peer)
    assert len(desk.entries("transfer")) == 1


def test_a_movement_under_another_agreement_is_noted_again(
    desk: Any, peer: Any, make_agreement: Callable[..., Any]
) -> None:
    peer.faults = ["retriable"]
    desk.deliver(peer)
    desk.clock.forward(2)
    desk.agreement = make_agreement(id="协议-2")
    desk.deliver(peer)
    told = [json.loads(row.body)["agreement"] for row in desk.entries("transfer")]
    assert told == ["协议-1", "协议-2"]


def test_a_second_case_that_sends_notes_its_own_documents(desk: Any, peer: Any) -> None:
    peer.faults = ["retriable"]
    desk.deliver(peer)
    desk.open_case("c2")
    desk.deliver(peer, "c2")
    assert [row.case for row in desk.entries("transfer")] == ["c1", "c2"]
    assert desk.row(peer).case == "c2"


# --- several workers --------------------------------------------------------------------------


def test_two_workers_at_once_make_one_effect(desk: Any, peer: Any) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        inside.set()
        assert go_on.wait(20)

    peer.while_sending = wait
    first = threading.Thread(target=desk.deliver, args=(peer,))
    first.start()
    assert inside.wait(20)
    desk.clock.forward(3600)  # however long the call takes, its worker lives
    assert desk.deliver(peer).state == "busy"
    assert desk.wait() == 5
    go_on.set()
    first.join()
    assert (desk.item().state, len(peer.books)) == ("applied", 1)


def test_eight_workers_on_the_same_eight_cases(desk: Any, peer: Any) -> None:
    cases = [f"w{n}" for n in range(8)]
    for case in cases:
        desk.open_case(case)
    start = threading.Barrier(8)
    errors: list[BaseException] = []

    def work(turn: int) -> None:
        start.wait(20)
        for case in cases[turn:] + cases[:turn]:
            try:
                desk.deliver(peer, case, **{"/number": f"X{case}"})
            except BaseException as error:
                errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [desk.item(case).state for case in cases] == ["applied"] * 8
    assert len(peer.books) == 8
    assert desk.problems() == []


def test_a_stale_claim_of_a_finished_item_is_passed_over(desk: Any, peer: Any) -> None:
    peer.faults = ["refused"]
    desk.deliver(peer)
    code = desk.item().code
    desk.deliver(peer)
    assert (desk.item().code, peer.calls["submit"]) == (code, 1)


def test_an_item_that_is_not_due_is_left_alone(desk: Any, peer: Any) -> None:
    peer.faults = ["retriable"]
    desk.deliver(peer)
    assert desk.deliver(peer).state == "busy"
    assert peer.calls["submit"] == 1


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize("fault", ["die-before", "die-after", "die-late"])
@pytest.mark.parametrize("idempotence", CLASSES)
def test_a_worker_that_dies_in_the_call_is_followed_by_another(
    desk: Any, make_peer: Callable[..., Any], killed: type, idempotence: str, fault: str
) -> None:
    peer = make_peer(idempotence)
    peer.faults = [fault]
    with pytest.raises(killed):
        desk.deliver(peer)
    assert (desk.row(peer).state, desk.item().state) == ("sent", "sent")
    desk.reopen()
    desk.until_quiet(peer)
    peer.work_late()
    if idempotence == "none":
        assert (desk.item().state, peer.calls["submit"]) == ("parked", 1)
    else:
        assert (desk.item().state, len(peer.books)) == ("applied", 1)
    assert desk.problems() == []


def test_settling_begins_when_the_worker_is_known_to_be_dead(
    desk: Any, peer: Any, killed: type
) -> None:
    """It was stopped for an hour, went on, sent, and died: the peer is only now at it."""
    peer.while_sending = lambda: desk.clock.forward(3600)
    peer.faults = ["die-late"]
    with pytest.raises(killed):
        desk.deliver(peer)
    peer.while_sending = lambda: None
    assert desk.deliver(peer).state == "busy"
    assert peer.calls["probe"] == 0
    assert desk.wait() == 30
    desk.until_quiet(peer)
    assert len(peer.books) == 1


def test_without_settle_time_the_next_worker_asks_at_once(
    desk: Any, peer: Any, killed: type
) -> None:
    peer.operation = replace(peer.operation, settle=timedelta(0))
    peer.faults = ["die-after"]
    with pytest.raises(killed):
        desk.deliver(peer)
    desk.clock.forward(6)
    assert desk.deliver(peer).state == "applied"
    assert len(peer.books) == 1


# --- our own side fails -----------------------------------------------------------------------


def test_if_what_follows_fails_the_receipt_is_kept_and_a_person_called(
    desk: Any, peer: Any
) -> None:
    desk.follow_error = KeyError("document")
    outcome = desk.deliver(peer)
    assert (outcome.state, outcome.code) == ("parked", "delivery.follow-failed")
    assert (desk.item().state, desk.row(peer).state) == ("parked", "applied")
    assert desk.row(peer).receipt
    desk.follow_error = None
    desk.replay()
    assert desk.deliver(peer).state == "applied"
    assert (len(peer.books), len(desk.entries("followed"))) == (1, 1)
    assert desk.entries("duplicate") == []


def test_if_the_store_fails_after_the_call_the_effect_is_found_again(
    desk: Any, peer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise Retriable("store.unavailable", reason="SQLITE_FULL")

    with monkeypatch.context() as patch:
        patch.setattr(delivery_rows, "put_receipt", full)
        with pytest.raises(Retriable):
            desk.deliver(peer)
    assert desk.row(peer).state == "sent"
    desk.until_quiet(peer)
    assert (desk.item().state, len(peer.books)) == ("applied", 1)


def test_if_the_store_fails_before_the_call_nothing_leaves(
    desk: Any, peer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise Retriable("store.unavailable", reason="SQLITE_FULL")

    with monkeypatch.context() as patch:
        patch.setattr(delivery_rows, "put_delivery", full)
        with pytest.raises(Retriable):
            desk.deliver(peer)
    assert (peer.books, peer.calls["submit"], desk.entries()) == ([], 0, [])


# --- accounting -------------------------------------------------------------------------------


@pytest.mark.guarantee("G13")
def test_a_thousand_records_are_accounted_for_exactly(desk: Any, peer: Any) -> None:
    """The standard fault scenario, scaled to a tenth: 100 in, 1 refused, 1 busy once, 1 invalid."""
    cases = [f"g{n}" for n in range(100)]
    for case in cases:
        desk.open_case(case)
    prepare = peer.prepare

    def some_are_invalid(operation: str, inputs: Any, key: str) -> Any:
        if inputs["birth"]["number"] == "Xg7":
            raise Invalid("mapping.missing", path="/name")
        return prepare(operation, inputs, key)

    peer.prepare = some_are_invalid
    for case in cases:
        peer.faults = {"g3": ["retriable"], "g5": ["refused"]}.get(case, [])
        desk.deliver(peer, case, **{"/number": f"X{case}"})
    desk.clock.forward(60)
    desk.deliver(peer, "g3", **{"/number": "Xg3"})
    with desk.store.read() as connection:
        counts = case_rows.count_states(connection, "m")
    assert counts == {
        ("register", "applied"): 98,
        ("register", "refused"): 1,
        ("register", "invalid"): 1,
        ("register", "ready"): 1,  # the fixture's own case
    }
    assert len(peer.books) == 98
    assert desk.problems() == []
