"""A town with one more matter, its people, and a small table of what is to come of whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exchange.case import BY_HAND, hand_of
from exchange.store import case_rows
from sandbox.books import read_wire
from sandbox.clerk import Person
from sandbox.office import Office
from sandbox.officers import Officers
from zhida import sweep

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Row:
    """One applicant: what is so, by which rule, and what comes of it."""

    situation: str
    rule: str
    expected: str
    """States of the matter's items in their order, without the reply; ``hand:`` by a person."""
    form: Mapping[str, str] = field(default_factory=dict)
    """What differs from an ordinary form."""
    told: str = ""
    """What else is so, by the name of a function of the test."""


class Window:
    """A window with its form, and the hub that works on one matter beside the newborn's."""

    def __init__(self, town: Any, matter: str, form: int, clerk: int) -> None:
        self.town, self.form = town, form
        self.matter = town.hub.site.matter(matter)
        self.office = Office()
        address = town.district.system("oa").address
        self.officers = Officers(address, self.office)
        self.clerk = Person(address, clerk)
        self.requests: dict[str, int] = {}

    def fill_in(self, number: str, form: Mapping[str, str]) -> None:
        self.requests[number] = self.clerk.create(self.form, f"申请-{number}", form)

    def turn(self, work: Callable[[], Any] = lambda: None) -> None:
        """The hub sweeps, people and systems work, time goes by."""
        list(sweep.sweep(self.town.hub, self.matter))
        self.officers.work()
        work()
        self.town.clock.skip(61)

    def finish(self, *numbers: str, work: Callable[[], Any] = lambda: None) -> None:
        for _ in range(60):
            self.turn(work)
            if all(self.is_over(each) for each in numbers):
                return
        raise AssertionError({each: self.states(each) for each in numbers})

    def case(self, number: str) -> str:
        """Its id; empty if there is no case."""
        hub = self.town.hub
        identity = hub.vault.tag("case", self.matter.name, number)
        with hub.store.read() as connection:
            return case_rows.by_identity(connection, self.matter.name, identity) or ""

    def is_over(self, number: str) -> bool:
        with self.town.hub.store.read() as connection:
            found = case_rows.get_case(connection, self.case(number))
        return found is not None and found.state != "open"

    def rows(self, number: str) -> dict[str, Any]:
        with self.town.hub.store.read() as connection:
            return {row.item: row for row in case_rows.items(connection, self.case(number))}

    def states(self, number: str) -> dict[str, str]:
        return {name: row.state for name, row in self.rows(number).items()}

    def came_to(self, number: str) -> str:
        """As ``Row.expected`` writes it."""
        found = self.states(number)
        own = [i.name for i in self.matter.items.values() if not i.stands_for and i.name != "reply"]
        return " ".join(
            f"hand:{found[hand_of(name)]}" if found[name] == BY_HAND else found[name]
            for name in own
        )

    def document(self, number: str, name: str) -> dict[str, Any]:
        """One of the case's documents, whole."""
        with self.town.hub.store.read() as connection:
            identifier = case_rows.documents(connection, self.case(number))[name]
        record: dict[str, Any] = self.town.hub.archive.get(identifier).record
        return record

    def answer(self, number: str) -> dict[str, str]:
        """The form as its clerk sees it."""
        return self.clerk.read(self.requests[number])

    def created(self, workflow: int, holds: str) -> dict[int, str]:
        """Requests of this workflow on the OA's wire that hold a text: place there → whole body."""
        mark = f">{workflow}</"
        wire = read_wire(self.town.district.directory / "oa" / "books.sqlite")
        made = [r for r in wire if r["operation"] == "doCreateWorkflowRequest"]
        bodies = {row["id"]: row["body"].decode() for row in made if row["direction"] == "in"}
        return {n: body for n, body in bodies.items() if mark in body and holds in body}


def files_of(layer: str) -> list[Path]:
    """Every file that a further matter consists of, its own among them."""
    matter = {"licence_site": "business-licence", "talent_site": "talent-household"}[layer]
    folders = (ROOT / "sandbox" / layer, ROOT / "matters" / matter)
    return [f for folder in folders for f in sorted(folder.rglob("*")) if f.is_file()]


def counted(layer: str) -> list[str]:
    """Files of each folder of the layer, as the how-to tells them, and all together."""
    folder = ROOT / "sandbox" / layer
    names = ("documents", "mappings", "systems", "agreements", "units")
    each = [str(len(list((folder / name).iterdir()))) for name in names]
    return [*each, f"{len(files_of(layer))} 个文件", "0 行"]


def counted_in_the_how_to(title: str) -> list[str]:
    """The same from the page's table."""
    text = (ROOT / "docs/how-to/add-a-joint-service.md").read_text("utf-8")
    (line,) = [each for each in text.splitlines() if each.startswith(f"| [{title}]")]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    return [*cells[1:6], *cells[7:]]
