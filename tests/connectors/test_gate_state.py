"""Numbers given and numbers taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import gate_state
from connectors.gate_state import Sent, State, Taken, id_of
from exchange.errors import Fatal, Retriable


def test_a_number_whose_message_was_never_written_is_given_again(tmp_path):
    state = State(tmp_path)
    first = state.number(id_of("a"), "d")
    assert (first.sequence, state.sent(id_of("a"))) == (1, first)
    assert state.number(id_of("b"), "d").sequence == 2
    next((tmp_path / "sent").rglob(f"{id_of('b')}.json")).unlink()
    assert state.number(id_of("c"), "d").sequence == 2
    assert state.number(id_of("b"), "d").sequence == 3
    state.keep(id_of("a"), Sent(1, "d", "received", "x"))
    assert State(tmp_path).sent(id_of("a")).state == "received"


def test_what_was_taken_is_known_by_its_digest(tmp_path):
    state = State(tmp_path)
    state.keep_got(499, "a")
    state.keep_got(500, "b")
    state.keep_got(500, "c")
    assert [State(tmp_path).got(n) for n in (499, 500, 501)] == ["a", "c", ""]


def test_a_lock_that_is_held_too_long_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(gate_state, "PATIENCE", 0.05)
    first, second = State(tmp_path).locked(), State(tmp_path).locked()
    with first, pytest.raises(Retriable, match=r"gate\.busy") as raised, second:
        pass
    assert raised.value.facts == {"folder": str(tmp_path)}
    with State(tmp_path).locked():
        pass


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 12))))
def test_what_is_taken_is_taken_and_what_is_given_up_is_still_welcome(steps):
    taken, ours = Taken(), set()
    for takes, number in steps:
        if takes:
            taken.take(number)
            ours.add(number)
        else:
            taken.give_up([number])
        assert {n for n in range(1, 14) if taken.has(n)} == ours
        assert all(taken.has(n) or n in taken.missing for n in range(1, taken.next))
        assert not taken.has(taken.next)


@pytest.mark.parametrize("content", [b"", b"{", b"\0" * 40])
def test_a_damaged_file_is_told_and_not_begun_anew(tmp_path, content):
    (tmp_path / "taken.json").write_bytes(content)
    with pytest.raises(Fatal, match=r"gate\.state") as raised:
        State(tmp_path).taken()
    assert raised.value.facts["file"] == "taken.json"
