"""Criteria of a policy file to a tree of tests: words, kinds, clauses and names fit together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from matters.criteria import (
    BY_DECISION,
    QUOTIENTS,
    Group,
    Node,
    Ratio,
    Term,
    TermWord,
    Test,
    TestWord,
)
from matters.facts import Value
from matters.policy_reading import Reading

TERM_WORDS: tuple[TermWord, ...] = get_args(TermWord)
TEST_WORDS: tuple[TestWord, ...] = get_args(TestWord)
JOINS: tuple[Literal["all", "any", "none"], ...] = ("all", "any", "none")
MOST_TESTS = 63
"""Each has a bit in a mask of 64, of which the sign is left alone."""
_NUMBERS = ("count", "money", "ratio")
FITS: Mapping[str, tuple[str, ...]] = {
    "is": ("flag", "code"),
    "is_not": ("flag", "code"),
    "one_of": ("code",),
    "none_of": ("code",),
    "at_least": _NUMBERS,
    "more_than": _NUMBERS,
    "at_most": _NUMBERS,
    "less_than": _NUMBERS,
    "on_or_after": ("date",),
    "on_or_before": ("date",),
    "in_year": ("date",),
    "within_months": ("date",),
    "months_left": ("date",),
    "months_past": ("date",),
}
"""Word → the kinds of what may stand before it."""
MOST_MONTHS = 1_200
_LEAST: Mapping[str, int] = {"within_months": 1, "months_left": 0, "months_past": 0}
"""Years may lie before that of the day of decision; months are counted away from it."""
NOTHING = Group("all", ())
"""In place of what could not be read."""


def node(reading: Reading, told: Mapping[str, Any], at: str, *, clause: str = "") -> Node:
    """The tree. ``clause``: that of tests which name none."""
    joins = [word for word in JOINS if word in told]
    if not joins:
        return _test(reading, told, at, clause)
    if len(told) > 1:
        reading.wrong("policy.test", at, found=", ".join(told))
        return NOTHING
    [word] = joins
    parts = enumerate(told[word])
    return Group(word, tuple(node(reading, p, f"{at}/{word}/{i}", clause=clause) for i, p in parts))


def _test(reading: Reading, told: Mapping[str, Any], at: str, clause: str) -> Node:
    left = [word for word in TERM_WORDS if word in told]
    right = [word for word in TEST_WORDS if word in told]
    if len(left) != 1 or len(right) != 1:
        reading.wrong("policy.test", at, found=", ".join(told))
        return NOTHING
    about, kind = term(reading, left[0], told[left[0]], f"{at}/{left[0]}")
    word = right[0]
    if kind and kind not in FITS[word]:
        reading.wrong("policy.kind", f"{at}/{word}", name=_named(about), kind=kind, word=word)
        kind = ""
    found = Test(
        number=len(reading.tests),
        term=about,
        word=word,
        wanted=_wanted(reading, told[word], word, about, kind=kind, at=f"{at}/{word}"),
        clause=reading.clause(told.get("clause", clause), at),
        parameter=_parameter(told[word]),
    )
    reading.tests.append(found)
    return found


def term(reading: Reading, word: TermWord, told: Any, at: str) -> tuple[Term, str]:
    """The term, and its kind: that of its facts, or ``ratio``; empty where it could not be read."""
    names = [told] if isinstance(told, str) else told
    if (word == "fact") != isinstance(told, str) or (
        word not in ("fact", "sum") and len(names) != 2
    ):
        reading.wrong("policy.term", at, word=word)
        return Term(word, tuple(names)), ""
    found = [
        reading.fact(name, at if word == "fact" else f"{at}/{i}") for i, name in enumerate(names)
    ]
    about, kinds = Term(word, tuple(names)), {fact.kind for fact in found if fact}
    if None in found:
        return about, ""
    if word == "fact":
        return about, kinds.pop()
    if len(kinds) > 1 or not kinds <= {"count", "money"}:
        reading.wrong("policy.mixed", at, word=word, kinds=", ".join(sorted(kinds)))
        return about, ""
    return about, "ratio" if word in QUOTIENTS else kinds.pop()


def plain_term(reading: Reading, told: Any, at: str) -> tuple[Term, str]:
    """A term in place of a fact: its name, or ``{difference: [a, b]}``."""
    if isinstance(told, str):
        return term(reading, "fact", told, at)
    words = [word for word in TERM_WORDS if word in told]
    if len(words) != 1:
        reading.wrong("policy.term", at, word=", ".join(words) or "-")
        return Term("sum", ()), ""
    return term(reading, words[0], told[words[0]], f"{at}/{words[0]}")


def _wanted(
    reading: Reading, told: Any, word: TestWord, about: Term, *, kind: str, at: str
) -> tuple[Value | Ratio, ...]:
    many = isinstance(told, list)
    if not kind:
        reading.used.update(each for each in (told if many else [told]) if isinstance(each, str))
        return ()
    if word in BY_DECISION:
        return (_counted(reading, told, word, at),)
    found = [
        reading.value(each, kind, f"{at}/{i}" if many else at)
        for i, each in enumerate(told if many else [told])
    ]
    if kind == "code":
        for i, code in enumerate(found):
            reading.code(reading.known.facts[about.facts[0]], code, f"{at}/{i}")
    return tuple(found)


def _counted(reading: Reading, told: Any, word: str, at: str) -> int:
    found = reading.value(told, "count", at)
    low = _LEAST.get(word, -MOST_MONTHS)
    if not isinstance(found, int) or not low <= found <= MOST_MONTHS:
        reading.wrong("policy.value", at, text=str(told)[:30], wanted="count")
        return low
    return found


def _parameter(told: Any) -> str:
    return told[1:] if isinstance(told, str) and told.startswith("$") else ""


def _named(about: Term) -> str:
    return about.facts[0] if about.word == "fact" else f"{about.word} {', '.join(about.facts)}"
