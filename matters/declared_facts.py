"""What a firm says of itself (企业填报): which facts it may be asked for, and its answers read exactly. Pure.

A policy with ``unknown_means: ask`` lets who applies be asked for what nobody has stated, of the facts
that one of its materials stands for: what the firm once proved by a paper. No firm clears itself: what
its holder may only answer with yes or no, what excludes a firm or takes something off (``none``, a flag
that has to be false, ``less``, what is subtracted), and what is no choice (where it is registered), only
the holder says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from exchange.errors import Invalid
from matters import award_tests, criteria, money
from matters.criteria import Group, Node
from matters.facts import Fact, Value
from matters.policy import Policy, Version

_FREE_OF = (("is", (False,)), ("is_not", (True,)))
"""Tests that a flag must not be so."""
_FLAGS = {"1": True, "0": False, "是": True, "否": False}
_COUNT = re.compile("[0-9]{1,12}")
_MONEY = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2})?")
_LONGEST = 200


def askable(policy: Policy, missing: Iterable[str], known: Mapping[str, Fact]) -> tuple[str, ...]:
    """Of the facts that a decision lacks, those that the firm may be asked for."""
    if policy.unknown_means != "ask":
        return ()
    proved = {name for material in policy.materials for name in material.facts}
    may = proved - {name for version in policy.versions for name in _against(version)}
    return tuple(name for name in missing if name in may and _is_choice(known[name]))


def _is_choice(fact: Fact) -> bool:
    return not fact.answer and (fact.kind != "code" or bool(fact.codes))


def _against(version: Version) -> Iterator[str]:
    """Facts that speak against who has them: nobody is asked to say of itself that it is free of them."""
    for node in (version.criteria, *award_tests.conditions(version.award)):
        yield from _excluding(node)
    yield from version.award.less
    for term in award_tests.terms(version.award):
        if term.word == "difference":
            yield term.facts[1]


def _excluding(node: Node) -> Iterator[str]:
    if isinstance(node, Group) and node.word != "none":
        for part in node.parts:
            yield from _excluding(part)
        return
    for test in criteria.tests(node):
        free = (test.word, test.wanted) in _FREE_OF
        if isinstance(node, Group) or free:
            yield from test.term.facts


def read(fact: Fact, text: str) -> Value | None:
    """The answer to one fact; None: it is none of its kind, so the fact stays unknown.

    Money is told in yuan.

    >>> read(Fact("a", "研发费用", "money", "tax"), "1200.50")
    120050
    >>> read(Fact("a", "参保人数", "count", "tax"), "十二") is None
    True
    """
    said = text.strip()
    if not said or len(said) > _LONGEST:
        return None
    return _KINDS[fact.kind](fact, said)


def _flag(_: Fact, said: str) -> Value | None:
    return _FLAGS.get(said)


def _code(fact: Fact, said: str) -> Value | None:
    if fact.codes:
        return said if said in fact.codes else None
    return said if said.isprintable() else None


def _count(_: Fact, said: str) -> Value | None:
    return int(said) if _COUNT.fullmatch(said) else None


def _money(_: Fact, said: str) -> Value | None:
    try:
        return money.parse(f"{said}元") if _MONEY.fullmatch(said) else None
    except Invalid:
        return None


def _date(_: Fact, said: str) -> Value | None:
    try:
        return date.fromisoformat(said) if len(said) == len("2026-01-01") else None
    except ValueError:
        return None


_KINDS: Mapping[str, Callable[[Fact, str], Value | None]] = {
    "flag": _flag,
    "code": _code,
    "count": _count,
    "money": _money,
    "date": _date,
}
