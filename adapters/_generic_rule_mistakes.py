"""Mistakes in how answers are read: rules that a mutilated answer would fulfil, and patterns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters import _generic_rules, _records
from exchange.errors import Fact, Problem
from mappings import dates

Mistake = tuple[str, Problem]
Told = Mapping[str, Any]
_RULES = ("success", "stored", "there", "waiting", "not_there", "busy", "login", "ours", "unknown")
_DAY = frozenset({"yyyy", "MM", "dd"})
_CLOCK = frozenset({"HH", "mm", "ss"})


def find(name: str, told: Told, at: str) -> Iterator[Mistake]:
    """All of one operation."""
    answer, probe = told["answer"], told.get("probe", {})
    ways = [key for key in ("success", "stored", "written") if key in answer]
    if not ways or ("written" in ways and len(ways) > 1):
        facts: dict[str, Fact] = {"operation": name, "count": len(ways)}
        yield f"{at}/answer", Problem("generic.one-success", facts)
    for place, part in (("answer", answer), ("probe", probe)):
        yield from _reading(name, part, f"{at}/{place}")
    lists = {key: told[key] for key in ("books", "news") if key in told}
    for key, part in lists.items():
        yield from _list(name, part, f"{at}/{key}")
    for place, part in (("", told), ("/probe", probe), *((f"/{k}", p) for k, p in lists.items())):
        yield from _roots(name, part, f"{at}{place}")
        yield from _layouts(name, part, f"{at}{place}")
    yield from _layouts(name, answer, f"{at}/answer")


def _list(name: str, books: Told, at: str) -> Iterator[Mistake]:
    yield from _rule(name, books.get("success", ()), f"{at}/success")
    yield from _rule(name, books.get("empty", ()), f"{at}/empty")
    for key in ("at", "since", "until"):
        if key in books:
            yield from _moment(name, books[key], f"{at}/{key}", is_exact=key == "at")


def _reading(name: str, part: Told, at: str) -> Iterator[Mistake]:
    rules = [(key, part[key], f"{at}/{key}") for key in _RULES if key in part]
    if "refused" in part:
        rules.append(("refused", part["refused"]["when"], f"{at}/refused/when"))
    for _, tests, place in rules:
        yield from _rule(name, tests, place)
    if "as_of" in part:
        yield from _moment(name, part["as_of"], f"{at}/as_of", is_exact=False)


def _rule(name: str, tests: Sequence[Told], at: str) -> Iterator[Mistake]:
    if tests and _generic_rules.is_only_absent(tests):
        yield at, Problem("generic.only-absent", {"operation": name, "path": at})
    for index, test in enumerate(tests):
        if "matches" in test and not _generic_rules.is_pattern(test["matches"]):
            place = f"{at}/{index}/matches"
            yield place, Problem("generic.bad-pattern", {"operation": name, "path": place})


def _moment(name: str, told: Told, at: str, *, is_exact: bool) -> Iterator[Mistake]:
    pattern = told.get("format", "yyyy-MM-dd HH:mm:ss")
    parts = dates.tokens(pattern)
    whole = parts >= _DAY and (parts >= _CLOCK or not (parts & _CLOCK or is_exact))
    if not dates.is_pattern(pattern) or not whole:
        yield f"{at}/format", Problem("generic.bad-time", {"operation": name, "path": at})


def _layouts(name: str, part: Told, at: str) -> Iterator[Mistake]:
    for kind in ("wrap", "unwrap"):
        for index, form in enumerate(part.get(kind, ())):
            layout = _records.Layout.of(form.get("layout", {}))
            is_file = form["as"] in _records.FORMATS and form["as"] != "xml"
            if is_file and _records.lacking(form["as"], layout, writing=kind == "wrap"):
                place = f"{at}/{kind}/{index}"
                yield place, Problem("generic.layout", {"operation": name, "path": place})


def _roots(name: str, part: Told, at: str) -> Iterator[Mistake]:
    for index, form in enumerate(part.get("wrap", ())):
        if (form["as"] == "xml") != ("root" in form):
            place = f"{at}/wrap/{index}"
            yield place, Problem("generic.root", {"operation": name, "path": place})
