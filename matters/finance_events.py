"""What has changed of what a loan rests on: rules as data, over a paper as it is and as it was.

A rule looks at one paper (``/it/…``; where ``each`` names a list of it, at each row) and at what the hub knows besides
(``/known/…``, ``matters.finance_known``). It tells an event if ``when`` surely holds now and ``was`` did not surely fail to
hold before: what nobody had stated is news once it is stated. ``changed`` tells a value that was stated and is another now.
What is unknown now is never an event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange import pointer
from exchange.ports import Record, Scalar
from matters import conditions, finance_truth
from matters.conditions import Condition, Fields

IT, KNOWN = "it", "known"
"""First part of a path: the paper (or its row), and what the hub knows besides."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One event, and when it has happened."""

    name: str
    title: str
    look: str
    """What the bank should look at."""
    source: str
    of: tuple[str, ...] = ()
    """Papers that it looks at, each by itself; none: only at what the hub knows."""
    each: str = ""
    """Name of the paper's list of which each row is looked at."""
    when: Condition = field(default_factory=dict)
    was: Condition = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    per: str = ""
    """Path of whose every value it is told once; empty where it is told of each paper."""
    once: bool = False
    """Told once for a loan."""

    @property
    def shows(self) -> tuple[str, ...]:
        """The paths whose values are told with it."""
        said = conditions.paths(self.when) if self.when else ()
        per = (self.per,) if self.per else ()
        return tuple(dict.fromkeys([*self.changed, *said, *per]))


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The whole file."""

    title: str
    papers: Mapping[str, str]
    """Paper that is asked for each day → dataset that the letter must name for it."""
    rules: Mapping[str, Rule]


@dataclass(frozen=True, slots=True)
class Seen:
    """A paper as it is, and as it was when it was looked at last; None: there was none."""

    name: str
    title: str
    document: str
    record: Record
    before: Record | None = None
    document_before: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One value before and now; None: not stated."""

    path: str
    before: Scalar | None
    now: Scalar | None


@dataclass(frozen=True, slots=True)
class Noticed:
    """An event of a loan; ``key`` tells it from others of its rule."""

    rule: Rule
    key: str
    subject: str = ""
    facts: tuple[Fact, ...] = ()
    seen: Seen | None = None


def of_paper(book: Rulebook, seen: Seen) -> list[Noticed]:
    """What a paper tells, rule by rule."""
    rules = [rule for rule in book.rules.values() if seen.name in rule.of]
    return [found for rule in rules for found in _of_paper(rule, seen)]


def of_known(book: Rulebook, known: Fields) -> list[Noticed]:
    """What follows from all that the hub knows, whatever paper it stands in."""
    now = {f"/{KNOWN}/{name}": value for name, value in known.items()}
    rules = [rule for rule in book.rules.values() if not rule.of]
    return [
        Noticed(rule, _key(rule, now, ""), facts=_facts(rule, {}, now))
        for rule in rules
        if _happened(rule, {}, now)
    ]


def _of_paper(rule: Rule, seen: Seen) -> Iterator[Noticed]:
    several = len(rule.of) > 1
    for subject, row, before in _parts(rule, seen):
        now, then = _fields(row), _fields(before)
        if _happened(rule, then, now):
            key = _key(rule, now, f"{seen.document}/{subject}")
            about = subject or (seen.title if several else "")
            yield Noticed(rule, key, about, _facts(rule, then, now), seen)


def _parts(rule: Rule, seen: Seen) -> Iterator[tuple[str, Record, Record]]:
    if not rule.each:
        yield "", seen.record, seen.before or {}
        return
    before = {_number(row): row for row in (seen.before or {}).get(rule.each, ())}
    for row in seen.record.get(rule.each, ()):
        yield " ".join(filter(None, _number(row))), row, before.get(_number(row), {})


def _number(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row.get("code", "")), str(row.get("number", ""))


def _fields(record: Record) -> Fields:
    return {f"/{IT}{path}": value for path, value in pointer.flatten(record).items()}


def _happened(rule: Rule, then: Fields, now: Fields) -> bool:
    if rule.changed and not any(_differs(path, then, now) for path in rule.changed):
        return False
    if rule.when and finance_truth.truth(rule.when, now) is not True:
        return False
    return not rule.was or finance_truth.truth(rule.was, then) is not False


def _differs(path: str, then: Fields, now: Fields) -> bool:
    return path in then and path in now and then[path] != now[path]


def _key(rule: Rule, now: Fields, otherwise: str) -> str:
    if rule.once:
        return ""
    return f"{rule.per}={now.get(rule.per, '')}" if rule.per else otherwise


def _facts(rule: Rule, then: Fields, now: Fields) -> tuple[Fact, ...]:
    shown: Iterable[str] = rule.shows
    if rule.changed:
        shown = [path for path in shown if path not in rule.changed or _differs(path, then, now)]
    return tuple(Fact(path, then.get(path), now.get(path)) for path in shown)
