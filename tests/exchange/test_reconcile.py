"""Our deliveries against a target's books: every way in which the two may agree or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest

from exchange.ports import BookEntry
from exchange.reconcile import Ours, compare

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
State = Literal["applied", "refused", "waiting"]


def _line(key: str, state: State = "applied", *, later: float = 0) -> BookEntry:
    return BookEntry(key, f"N-{key}", state, AT + timedelta(seconds=later))


def _where(ours: str, *theirs: State) -> dict[str, int]:
    """In which lists an effect of ours stands, given the lines of their books."""
    lines = [_line("k", state, later=n) for n, state in enumerate(theirs)]
    found = compare([Ours("k", ours)] if ours else [], lines, {})
    names = [name for name in found.__slots__ if name != "neither" and getattr(found, name)]
    return {name: len(getattr(found, name)) for name in names}


@pytest.mark.parametrize(
    ("ours", "theirs", "list_"),
    [
        ("applied", ["applied"], "agreed"),
        ("refused", ["refused"], "agreed"),
        ("stored", ["waiting"], "agreed"),
        ("refused", [], "agreed"),
        ("invalid", [], "agreed"),
        ("refused", ["refused", "applied"], "differing"),
        ("applied", ["applied", "refused"], "agreed"),
        ("unknown", ["applied"], "found"),
        ("unknown", ["refused"], "found"),
        ("sent", ["applied"], "found"),
        ("stored", ["applied"], "found"),
        ("pending", ["applied"], "found"),
        ("parked", ["applied"], "found"),
        ("unknown", [], "waiting"),
        ("sent", [], "waiting"),
        ("stored", [], "waiting"),
        ("parked", [], "unknowable"),
        ("applied", [], "missing"),
        ("applied", ["refused"], "differing"),
        ("refused", ["applied"], "differing"),
        ("invalid", ["applied"], "differing"),
        ("", ["applied"], "foreign"),
    ],
)
def test_each_effect_stands_in_one_list(ours: str, theirs: Any, list_: str) -> None:
    assert _where(ours, *theirs) == {list_: 1}


@pytest.mark.parametrize(
    ("ours", "theirs", "list_"),
    [
        ("applied", ["applied", "refused"], "differing"),
        ("refused", ["applied", "refused"], "agreed"),
        ("unknown", ["applied", "refused"], "found"),
        ("applied", ["refused", "applied"], "agreed"),
    ],
)
def test_what_may_come_back_is_what_their_last_line_says(
    ours: str, theirs: list[State], list_: str
) -> None:
    lines = [_line("k", state, later=n) for n, state in enumerate(theirs)]
    found = compare([Ours("k", ours)], lines, {}, returns=True)
    assert len(getattr(found, list_)) == 1


def test_what_neither_side_did_agrees_and_is_counted_by_itself() -> None:
    ours = [Ours("a", "applied"), Ours("b", "refused"), Ours("c", "refused")]
    found = compare(ours, [_line("a"), _line("b", "refused")], {})
    assert (sorted(found.agreed), found.neither) == (["a", "b", "c"], ["c"])


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("ours", ["applied", "unknown", ""])
def test_twice_in_their_books_is_told_whatever_we_say(ours: str) -> None:
    assert _where(ours, "applied", "applied")["doubled"] == 1
    assert _where(ours, "applied", "waiting")["doubled"] == 1


def test_refused_and_then_applied_is_no_double() -> None:
    assert _where("applied", "refused", "applied") == {"agreed": 1}


def test_what_came_another_way_has_no_key_and_is_not_compared() -> None:
    found = compare([], [_line(""), _line("")], {})
    assert (found.foreign, found.doubled, found.disagrees) == ([], [], False)


def test_a_key_of_another_day_is_known_and_not_foreign() -> None:
    found = compare([], [_line("old"), _line("older")], {"old": "applied", "older": "unknown"})
    assert found.agreed == ["old"]
    assert [line.effect_key for line in found.found] == ["older"]


def test_a_known_key_that_they_lack_in_this_span_is_not_missing() -> None:
    assert compare([], [], {"old": "applied"}).missing == []
