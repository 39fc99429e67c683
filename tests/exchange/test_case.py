"""What follows when an item ends: nothing is lost, nothing goes back, blocks cascade."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.case import BY_HAND, ENDED, FAILED, GOOD, Step, advance, hand_of, verdict

STATES = ("waiting", "ready", "sent", "unknown", "stored", "applied", "refused", "invalid",
          "blocked", "parked")  # fmt: skip


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[Step], dict[str, str]]:
    """Items that wait only for earlier ones, in any order of the file, in any states."""
    names = [f"i{n}" for n in range(draw(st.integers(1, 7)))]
    steps = []
    for place, name in enumerate(names):
        earlier = st.lists(st.sampled_from(names[:place]), unique=True, max_size=3)
        chosen = draw(earlier) if place else []
        cut = draw(st.integers(0, len(chosen)))
        steps.append(Step(name, tuple(chosen[:cut]), tuple(chosen[cut:])))
    states = {name: draw(st.sampled_from(STATES)) for name in names}
    return draw(st.permutations(steps)), states


@given(orders())
def test_only_waiting_items_move_and_only_to_ready_or_blocked(
    order: tuple[list[Step], dict[str, str]],
) -> None:
    steps, states = order
    for item, state in advance(steps, states).items():
        assert states[item] == "waiting"
        assert state in ("ready", "blocked")


@given(orders())
def test_advancing_again_changes_nothing(order: tuple[list[Step], dict[str, str]]) -> None:
    steps, states = order
    assert advance(steps, states | advance(steps, states)) == {}


@given(orders())
def test_it_moves_exactly_what_can_move(order: tuple[list[Step], dict[str, str]]) -> None:
    steps, states = order
    after = states | advance(steps, states)
    for step in steps:
        if states[step.item] != "waiting":
            continue
        failed = any(after[name] in FAILED for name in step.needs)
        free = all(after[n] == "applied" for n in step.needs) and all(
            after[n] in ENDED for n in step.after
        )
        assert after[step.item] == ("blocked" if failed else "ready" if free else "waiting")


@given(orders(), st.sampled_from(sorted(ENDED - {BY_HAND})))
def test_every_item_is_reached_in_the_end(
    order: tuple[list[Step], dict[str, str]], end: str
) -> None:
    """Whatever each item that becomes ready comes to, no item waits for ever."""
    steps, _ = order
    states = dict.fromkeys((step.item for step in steps), "waiting")
    for _ in range(len(steps) + 1):
        states |= advance(steps, states)
        states |= {item: end for item, state in states.items() if state == "ready"}
    assert set(states.values()) <= ENDED


@given(orders())
def test_more_is_never_blocked_because_something_went_well(
    order: tuple[list[Step], dict[str, str]],
) -> None:
    """Monotone: an item that is applied instead of refused frees, and never blocks."""
    steps, states = order
    better = {item: "applied" if state in FAILED else state for item, state in states.items()}
    before, after = advance(steps, states), advance(steps, better)
    assert {i for i, s in after.items() if s == "blocked"} <= {
        i for i, s in before.items() if s == "blocked"
    }


def test_a_refusal_blocks_only_what_needs_it() -> None:
    steps = [
        Step("birth"),
        Step("household", needs=("birth",)),
        Step("insurance", needs=("household",)),
        Step("card", needs=("insurance",)),
        Step("vaccine", needs=("birth",)),
        Step("reply", after=("birth", "household", "insurance", "card", "vaccine")),
    ]
    states = dict.fromkeys((s.item for s in steps), "waiting")
    states |= {"birth": "applied", "household": "refused"}
    assert advance(steps, states) == {
        "insurance": "blocked",
        "card": "blocked",
        "vaccine": "ready",
    }


@pytest.mark.parametrize("state", sorted(FAILED))
def test_what_has_failed_blocks_who_needs_it_and_frees_who_only_waits(state: str) -> None:
    steps = [Step("a"), Step("b", needs=("a",)), Step("c", after=("a",))]
    states = {"a": state, "b": "waiting", "c": "waiting"}
    assert advance(steps, states) == {"b": "blocked", "c": "ready"}


@pytest.mark.parametrize("state", ["parked", "unknown", "stored", "sent", "ready"])
def test_what_is_not_over_neither_frees_nor_blocks(state: str) -> None:
    steps = [Step("a"), Step("b", needs=("a",)), Step("c", after=("a",))]
    assert advance(steps, {"a": state, "b": "waiting", "c": "waiting"}) == {}


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (["applied", "applied"], "done"),
        (["applied", "refused"], "partial"),
        (["blocked"], "none"),
        (["applied", "given-up"], "partial"),
        (["invalid"], "none"),
        (["refused", "blocked", "skipped", "superseded"], "none"),
        (["applied", "shadowed"], "partial"),
        (["applied", "parked"], "open"),
        (["applied", "waiting"], "open"),
    ],
)
def test_a_case_is_over_when_all_its_items_are(states: list[str], told: str) -> None:
    assert verdict(states) == told


# --- lanes ------------------------------------------------------------------------------------


@st.composite
def lanes(draw: st.DrawFn) -> tuple[list[Step], dict[str, str]]:
    """An order in which a person may do some of the items, and what each is decided to be."""
    steps, _ = draw(orders())
    hands = draw(st.sets(st.sampled_from([step.item for step in steps])))
    beside = [Step(hand_of(s.item), s.needs, s.after, (), s.item) for s in steps if s.item in hands]
    words = {
        s.item: draw(
            st.sampled_from(["ready", "skipped", "halted"] + [BY_HAND] * (s.item in hands))
        )
        for s in steps
    }
    return draw(st.permutations([*steps, *beside])), words


@given(lanes(), st.sampled_from(sorted(ENDED - {BY_HAND})))
def test_in_whatever_lane_every_item_is_reached_in_the_end(
    order: tuple[list[Step], dict[str, str]], end: str
) -> None:
    steps, words = order
    states = dict.fromkeys((step.item for step in steps), "waiting")
    for _ in range(2 * len(steps) + 1):
        states |= advance(steps, states, (), words.__getitem__)
        states |= {item: end for item, state in states.items() if state == "ready"}
    assert set(states.values()) <= ENDED


@given(lanes(), st.sampled_from(sorted(ENDED - {BY_HAND})))
def test_who_needs_an_item_goes_by_what_the_person_did(
    order: tuple[list[Step], dict[str, str]], end: str
) -> None:
    steps, words = order
    states = dict.fromkeys((step.item for step in steps), "waiting")
    for _ in range(2 * len(steps) + 1):
        states |= advance(steps, states, (), words.__getitem__)
        states |= {item: end for item, state in states.items() if state == "ready"}
    for step in steps:
        if step.stands_for:
            mine = states[step.stands_for] == BY_HAND
            assert states[step.item] == (end if mine else "skipped")
            continue
        needed = [states[hand_of(n)] if states[n] == BY_HAND else states[n] for n in step.needs]
        assert (states[step.item] == "blocked") == (
            any(state in FAILED for state in needed)
            or (words[step.item], end) == ("ready", "blocked")
        )


def test_nobody_decides_about_an_item_before_its_turn() -> None:
    asked: list[str] = []

    def decide(item: str) -> str:
        asked.append(item)
        return "ready"

    steps = [Step("a"), Step("b", needs=("a",)), Step("c", awaits=("form",))]
    states = dict.fromkeys("abc", "waiting")
    assert advance(steps, states, (), decide) == {"a": "ready"}
    assert asked == ["a"]
    assert advance(steps, states | {"a": "applied"}, ("form",), decide) == {
        "b": "ready",
        "c": "ready",
    }


@pytest.mark.parametrize("state", sorted(GOOD))
def test_what_was_not_needed_is_as_good_as_done(state: str) -> None:
    steps = [Step("a"), Step("b", needs=("a",))]
    assert advance(steps, {"a": state, "b": "waiting"}) == {"b": "ready"}
    assert verdict([state, "applied"]) == "done"


def test_a_case_with_a_halted_item_is_not_wholly_done() -> None:
    assert verdict(["applied", "halted"]) == "partial"
    assert verdict([BY_HAND, "stored"]) == "open"
    assert verdict([BY_HAND, "applied", "skipped"]) == "done"


def test_a_paper_that_has_not_come_does_not_hold_up_what_cannot_be_done_anyway() -> None:
    steps = [Step("confirm"), Step("pay", needs=("confirm",), awaits=("approval",))]
    waiting = {"confirm": "refused", "pay": "waiting"}
    assert advance(steps, waiting) == {"pay": "blocked"}
    assert advance(steps, waiting | {"confirm": "applied"}) == {}
    assert advance(steps, waiting | {"confirm": "applied"}, ["approval"]) == {"pay": "ready"}
