"""Papers of disputes are asked for: each event that brings one opens a case of its own, once.

Events are read from where the last look began, and a day before it: what was told meanwhile by a slower
clock is not missed, and what was asked for is known by its number, so a step that died is done again.
What can't be made (something is missing, the worker has not agreed) is told to the unit that would
issue it, once; within that day it is tried again, by ``since`` at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from exchange import incident, times
from exchange.errors import Fact, Invalid, Problem
from exchange.incident import Trouble
from exchange.ports import Record
from exchange.store import dispute_rows, document_rows, incident_rows
from exchange.store.dispute_rows import EventRow
from matters import mediation_paper_file, mediation_papers
from matters.ladder_parts import Ladder
from matters.mediation_papers import Paper, Papers
from matters.parts import OWN
from zhida import dispute, mediation_files, mediation_paper_slip, own_opening
from zhida.hub import Hub
from zhida.own_opening import Own
from zhida.site import Site

MATTER = "mediation-paper"
REQUEST, SLIP = "seal-request", "mediation-paper"
"""Kinds of what opens a case: what the seal platform is asked for, and who hands it out."""
INCIDENT = "paper"
LAG = timedelta(days=1)
_CURSOR = "mediation-papers"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one paper's case begins with."""

    key: str
    slip: Record
    request: Record


@dataclass(slots=True)
class Look:
    """One look at what was told."""

    hub: Hub
    ladder: Ladder
    papers: Papers
    words: Counter[str] = field(default_factory=Counter)

    def take(self, rows: list[EventRow]) -> None:
        """Ask for all papers that these events bring and nobody has asked for."""
        found = list(self._asked(rows))
        into = [own_opening.stream(self.hub, MATTER, kind) for kind in (SLIP, REQUEST)]
        own_opening.take_all(into[0], [Own(f"{SLIP}/{a.key}", a.slip) for a in found])
        done = own_opening.take_all(into[1], [Own(f"{REQUEST}/{a.key}", a.request) for a in found])
        self.words["asked"] += done["joined"] + done["opened"]
        _made(self.hub, [each.key for each in found])

    def _asked(self, rows: list[EventRow]) -> Iterator[Asked]:
        for row in rows:
            for paper in self.papers.of(row.name, row.role):
                key = _key(row, paper)
                if not own_opening.is_known(self.hub, f"{REQUEST}/{key}"):
                    yield from self._of(row, paper, key)

    def _of(self, row: EventRow, paper: Paper, key: str) -> Iterator[Asked]:
        """Nothing where it can't be made: its unit is told."""
        told = mediation_paper_slip.documents(self.hub, row)
        try:
            self._require_hand(row, paper)
            event = dispute.event(row)
            request = mediation_papers.request(paper, event, told, seq=row.seq)
        except Invalid as error:
            self.words["lacking"] += 1
            number = str(told["dispute"]["number"])
            _lacking(self.hub, row, paper, number=number, problems=error.problems)
        else:
            slip = mediation_paper_slip.slip(row, paper, told, self.ladder)
            yield Asked(key, slip, request)

    def _require_hand(self, row: EventRow, paper: Paper) -> None:
        """An item of the matter is called like the role whose unit hands the paper out."""
        if row.role not in self.hub.site.matter(MATTER).items:
            facts: dict[str, Fact] = {"paper": paper.title, "role": row.role, "unit": row.unit}
            raise Invalid("mediation.no-hand", **facts)


def _key(row: EventRow, paper: Paper) -> str:
    """The same paper has the same for ever; it is also what an incident of it is about."""
    return f"{row.case}/{row.seq}/{paper.name}"


def of_site(site: Site, ladder: Ladder) -> Papers:
    """The site's own papers (``matters/mediation/papers.yaml``), or the shipped ones."""
    path = mediation_files.of_site(site.folder, mediation_paper_file.SHIPPED)
    return mediation_paper_file.load(path, ladder)


def ask(hub: Hub, ladder: Ladder, papers: Papers, since: datetime | None = None) -> dict[str, int]:
    """How many were ``asked`` for, and how many are ``lacking`` something.

    ``since``: look at everything that the hub was told from then on. Nothing where the site does not
    have the matter.
    """
    if MATTER not in hub.site.matters:
        return {"asked": 0, "lacking": 0}
    begun, look = times.stamp(hub.clock()), Look(hub, ladder, papers)
    for rows in _told(hub, papers, times.stamp(since) if since else _since(hub)):
        look.take(rows)
    with hub.store.write() as connection:
        document_rows.put_cursor(connection, OWN, _CURSOR, value=begun, next_at="", failures=0)
    return {name: look.words[name] for name in ("asked", "lacking")}


def _since(hub: Hub) -> str:
    with hub.store.read() as connection:
        last, _, _ = document_rows.get_cursor(connection, OWN, _CURSOR)
    return times.stamp(times.instant(last) - LAG) if last else ""


def _told(hub: Hub, papers: Papers, since: str) -> Iterator[list[EventRow]]:
    after = ("", "", -1)
    while True:
        with hub.store.read() as connection:
            rows = dispute_rows.LOG.told_since(connection, since, papers.events, after=after)
        if not rows:
            return
        yield rows
        after = dispute_rows.place(rows[-1])


def _lacking(
    hub: Hub, row: EventRow, paper: Paper, *, number: str, problems: tuple[Problem, ...]
) -> None:
    """One incident for each paper, for ever: who knows of it is not told again at the next look."""
    facts: dict[str, Fact] = {"dispute": number, "paper": paper.title}
    facts["missing"] = "、".join(_missing(each.facts) for each in problems)
    about = _key(row, paper)
    trouble = Trouble(row.unit, INCIDENT, "mediation.paper-lacking", facts, about=about)
    with hub.store.read() as connection:
        if incident_rows.latest(connection, row.unit, INCIDENT, about=about) is not None:
            return
    with hub.store.write() as connection:
        incident.begin(connection, trouble, hub.clock())


def _made(hub: Hub, keys: list[str]) -> None:
    """What was lacking is there now."""
    with hub.store.read() as connection:
        over = [row for key in keys for row in incident_rows.open_about(connection, key)]
    if over:
        now = times.stamp(hub.clock())
        with hub.store.write() as connection:
            for row in over:
                incident_rows.change(connection, row.id, closed_at=now)


def _missing(facts: Mapping[str, Any]) -> str:
    name = str(facts.get("field", "")) or str(facts.get("role", ""))
    path = str(facts.get("path", "")) or str(facts.get("unit", ""))
    return f"{name}（{path}）" if name else path
