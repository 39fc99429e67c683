"""A firm that has applied is asked for what nobody has stated (``unknown_means: ask``), and what it said.

Each asking is a case of its own (matter ``grant-question``), through the portal by which accounts are
confirmed. Its answer is its own word: a declared fact, which counts only where no holder has stated
one. Silence leaves the question open and the application undecided; so does an answer that leaves a
fact open, for nobody is asked twice for the same but where the answer could not be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange.ports import Record
from exchange.store import case_rows
from matters import declared_facts
from matters.facts import Fact, Facts, Value
from matters.policy import Policy
from zhida import grant_lists, own_opening
from zhida.application_case import Application
from zhida.hub import Hub
from zhida.own_opening import Own

MATTER, KIND, ITEM = "grant-question", "grant-question", "ask"
ANSWER = "answer"
"""The case's name for what the firm said."""
_MOST = 20
"""Rounds: whoever can't be understood so often is called by a person."""
_OPEN = frozenset({"waiting", "ready", "sent", "unknown", "stored", "parked"})


@dataclass(frozen=True, slots=True)
class Told:
    """One fact as the firm has stated it."""

    value: Value
    on: str
    document: str


@dataclass(frozen=True, slots=True)
class Said:
    """Everything that one application's firm has been asked, and has said."""

    facts: Mapping[str, Told] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    """Not to be asked again: answered, or left open on purpose, or not answered yet."""
    open: frozenset[str] = frozenset()
    """Of those: the firm has still to answer."""
    rounds: int = 0
    may_ask: bool = True
    """False: the district knows no such firm, and nobody is what it says of itself alone."""

    def values(self, known: Facts) -> dict[str, Value]:
        """Together with what holders have stated, whose word comes first."""
        return {**{name: told.value for name, told in self.facts.items()}, **known}

    def counted(self, known: Facts, catalogue: Mapping[str, Fact]) -> list[dict[str, str]]:
        """What a decision rests on that nobody but the firm has stated: for the record."""
        return [
            {"fact": name, "title": catalogue[name].title, "on": told.on, "document": told.document}
            for name, told in sorted(self.facts.items())
            if name not in known
        ]


def said(hub: Hub, catalogue: Mapping[str, Fact], application: str) -> Said:
    """What was asked and answered for an application's case."""
    found = Said()
    for round_ in _rounds(hub, application):
        found = _with(found, round_, catalogue)
    return found


@dataclass(frozen=True, slots=True)
class _Round:
    question: Record
    state: str
    answer: Record | None
    document: str


def _rounds(hub: Hub, application: str) -> Iterator[_Round]:
    number = 1
    while MATTER in hub.site.matters:
        with hub.store.read() as connection:
            case = grant_lists.case_of(hub, connection, MATTER, application, str(number))
            if not case:
                return
            names = case_rows.documents(connection, case)
            item = case_rows.get_item(connection, case, ITEM)
        document = names.get(ANSWER, "")
        answer = hub.archive.get(document).record if document else None
        question = hub.archive.get(names["question"]).record
        yield _Round(question, item.state if item else "", answer, document)
        number += 1


def _with(before: Said, found: _Round, catalogue: Mapping[str, Fact]) -> Said:
    asked = {each["fact"] for each in found.question["facts"]}
    if found.answer is None:
        open_ = asked if found.state in _OPEN else set()
        return Said(before.facts, before.asked | asked, before.open | open_, before.rounds + 1)
    facts, unread = dict(before.facts), set()
    for each in found.answer.get("facts", ()):
        name = each["fact"]
        if name not in asked or name not in catalogue or "said" not in each:
            continue  # not asked for, or left open
        value = declared_facts.read(catalogue[name], each["said"])
        if value is None:
            unread.add(name)
        else:
            facts[name] = Told(value, found.answer["answered_on"], found.document)
    return Said(facts, (before.asked | asked) - unread, before.open, before.rounds + 1)


def to_ask(
    policy: Policy, missing: Iterable[str], catalogue: Mapping[str, Fact], told: Said
) -> tuple[str, ...]:
    """What the firm may be asked for now; nothing as long as it has something to answer."""
    if not told.may_ask or told.open or told.rounds >= _MOST:
        return ()
    may = declared_facts.askable(policy, missing, catalogue)
    return tuple(name for name in may if name not in told.asked)


def ask(
    hub: Hub, application: Application, policy: Policy, facts: Iterable[Fact], *, number: int
) -> None:
    """Ask the firm, once for this round; nothing where the site has no such matter."""
    if MATTER not in hub.site.matters:
        return
    told = application.record
    firm = {"uscc": told["firm"]["uscc"], "name": told["firm"].get("name") or told["firm"]["uscc"]}
    record: dict[str, Any] = {
        "id": f"{application.case}-{number}",
        "application": application.case,
        "number": told["number"],
        "round": number,
        "policy": policy.name,
        "title": policy.title,
        "firm": firm,
        "facts": [_asked(fact) for fact in facts],
    }
    into = own_opening.stream(hub, MATTER, KIND)
    own_opening.take(into, Own(f"{KIND}/{record['id']}", record))


def _asked(fact: Fact) -> dict[str, str]:
    options = "\n".join(f"{code} {title}" for code, title in fact.codes.items())
    told = {"fact": fact.name, "title": fact.title, "kind": fact.kind}
    return told | ({"options": options} if options else {})
