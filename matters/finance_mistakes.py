"""What is wrong with a file of order finance's checks that its schema can't see.

A slip of the pen would be a check that never fails: so every document, field, value, code and rule that a
check names must be one, and a check may look only at what it says that it reads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from exchange.errors import Fact
from exchange.names import nearest
from mappings import shape_leaves
from mappings.shapes import SHIPPED as SHAPES
from mappings.yaml_file import escape
from matters import conditions
from matters.conditions import Condition
from matters.finance_parts import DOWN, NONE, OWN, STAGES
from matters.finance_reckoning import RULES
from matters.mistakes import Mistake

Told = Mapping[str, Any]
_GROUNDS = ("fails", "manual")


def find(told: Told, codes: Collection[str]) -> Iterator[Mistake]:
    """Every mistake; of fields only where every kind is one. ``codes``: of the reasons."""
    kinds = list(_kinds(told["documents"]))
    yield from kinds or _abouts(told["documents"])
    for name, about in told["checks"].items():
        at = f"/checks/{escape(name)}"
        papers = list(_papers(name, about, told["documents"], at))
        yield from papers
        yield from _codes(about, codes, at)
        yield from _rule(name, about, at)
        yield from _own(name, about, at)
        if not kinds and not papers:
            yield from _fields(name, about, told["documents"], at)


def _kinds(documents: Told) -> Iterator[Mistake]:
    for name, about in documents.items():
        if about["kind"] not in SHAPES.kinds():
            facts: dict[str, Fact] = {"name": about["kind"]}
            facts["nearest"] = nearest(about["kind"], SHAPES.kinds())
            yield Mistake("checks.unknown-kind", f"/documents/{escape(name)}/kind", facts)


def _abouts(documents: Told) -> Iterator[Mistake]:
    """Of whom a paper is, it tells itself; of whom it should be, the bank's own papers tell."""
    for name, about in documents.items():
        at = f"/documents/{escape(name)}/about"
        for path, other in about.get("about", {}).items():
            if path.split("/")[1] != name or other.split("/")[1] not in OWN:
                yield Mistake("checks.about", at, {"path": path, "other": other})
                continue
            yield from _field(path, documents, at)
            yield from _field(other, documents, at)


def _papers(name: str, about: Told, documents: Told, at: str) -> Iterator[Mistake]:
    for key in ("reads", "also"):
        for each in about.get(key, ()):
            if each not in documents:
                facts: dict[str, Fact] = {"name": each, "nearest": nearest(each, documents)}
                yield Mistake("checks.unknown-document", f"{at}/{key}", facts)
    since, until = about.get("due_from", STAGES[0]), about.get("until", STAGES[-1])
    if STAGES.index(until) < STAGES.index(since):
        yield Mistake("checks.stages", at, {"check": name, "since": since, "until": until})


def _codes(about: Told, codes: Collection[str], at: str) -> Iterator[Mistake]:
    """That a source is down the hub finds out itself."""
    known = set(codes) - {DOWN}
    named = [(f"{at}/{key}/{n}", g["code"]) for key in _GROUNDS for n, g in enumerate(about.get(key, ()))]  # fmt: skip
    named += [(f"{at}/denied", about["denied"])] if "denied" in about else []
    rule = RULES.get(about.get("rule", ""))
    named += [(f"{at}/rule", code) for code in (rule.codes if rule else ())]
    for place, code in named:
        if code not in known:
            yield Mistake("checks.unknown-code", place, {"name": code, "nearest": nearest(code, known)})  # fmt: skip


def _rule(name: str, about: Told, at: str) -> Iterator[Mistake]:
    told = str(about.get("rule", ""))
    if told and told not in RULES:
        yield Mistake("checks.unknown-rule", f"{at}/rule", {"name": told, "nearest": nearest(told, RULES)})  # fmt: skip
    for each in RULES[told].reads if told in RULES else ():
        if each not in about["reads"]:
            facts: dict[str, Fact] = {"check": name, "rule": told, "document": each}
            yield Mistake("checks.rule-reads", f"{at}/reads", facts)


def _own(name: str, about: Told, at: str) -> Iterator[Mistake]:
    """Without a letter a bank is told only what it has handed in itself."""
    if about.get("dataset") != NONE:
        return
    rule = RULES.get(about.get("rule", ""))
    read = {*about["reads"], *about.get("also", ())}
    if read - {*OWN} or (rule is not None and rule.asks_hub):
        yield Mistake("checks.needs-letter", f"{at}/dataset", {"check": name})


def _fields(name: str, about: Told, documents: Told, at: str) -> Iterator[Mistake]:
    """Each at its own line: what it needs, and what each of its conditions looks at."""
    looks = [(f"{at}/needs/{n}", path) for n, path in enumerate(about.get("needs", ()))]
    said = [
        (f"{at}/{key}/{n}", ground["when"])
        for key in _GROUNDS
        for n, ground in enumerate(about.get(key, ()))
    ]
    looks += [(place, path) for place, when in said for path in conditions.paths(when)]
    for place, path in dict.fromkeys(looks):
        if path.split("/")[1] not in {*about["reads"], *about.get("also", ())}:
            yield Mistake("checks.unread", place, {"check": name, "path": path})
        else:
            yield from _field(path, documents, place)
    for place, when in said:
        for path, value in _values(when):
            yield from _value(path, value, documents, place)


def _field(path: str, documents: Told, at: str) -> Iterator[Mistake]:
    name, rest = path.split("/", 2)[1:] if path.count("/") > 1 else (path[1:], "")
    if name not in documents or not SHAPES.find(documents[name]["kind"]).has_leaf(f"/{rest}"):
        kind = documents[name]["kind"] if name in documents else ""
        known = [f"/{name}{leaf}" for leaf in SHAPES.find(kind).leaves] if kind else documents
        yield Mistake("checks.unknown-field", at, {"path": path, "nearest": nearest(path, known)})


def _values(said: Condition) -> Iterator[tuple[str, Any]]:
    """Every value that a field is compared with."""
    [(word, about)] = said.items()
    if word in ("all", "any"):
        for part in about:
            yield from _values(part)
    elif word == "not":
        yield from _values(about)
    elif word in ("equal", "in"):
        for path, wanted in about.items():
            yield from ((path, each) for each in (wanted if word == "in" else [wanted]))


def _value(path: str, value: Any, documents: Told, at: str) -> Iterator[Mistake]:
    """It is one that the field can have: of its type, and of its list if it has one."""
    name, *parts = path.split("/")[1:]
    schema: Any = SHAPES.shape(documents[name]["kind"]) if name in documents else {}
    root = schema
    for part in parts:
        inner = shape_leaves.resolved(schema, root)
        schema = inner.get("properties", {}).get(part) or inner.get("items", {})
    known = shape_leaves.resolved(schema, root)
    types = {"boolean": bool, "integer": int, "string": str}
    is_typed = type(value) is types.get(str(known.get("type", "")), type(value))
    if not is_typed or value not in known.get("enum", [value]):
        listed = known.get("enum", [known.get("type", "")])
        facts: dict[str, Fact] = {"path": path, "nearest": nearest(str(value), listed)}
        yield Mistake("checks.unknown-value", at, facts)
