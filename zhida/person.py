"""What was exchanged about one person or organisation, to whom, and why: read from the store alone.

Asked by number, found by keyed digest, so it works after the bodies were erased. Nothing here opens a
body, and nothing tells of anybody else: of a document only its kind, whose word it is, and which
fields went where. Who looks, and why, stands in the ledger before anything is shown (``note``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange import canonical, subject
from exchange.ledger import Entry
from exchange.store import subject_rows
from exchange.store.engine import Connection
from exchange.store.subject_rows import AboutRow, Note
from mappings import subjects
from zhida import person_ledger
from zhida.evidence_out import EXPORT
from zhida.hub import Hub
from zhida.operators import Signatory, needed_reason
from zhida.person_ledger import WRONG, Moved

READ = "person-read"
ROW = "row-proved"
_NOTES = ("transfer", "query")
_LOOKS = (READ, "facts-read", ROW)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom somebody asks about."""

    tags: tuple[str, ...]
    """More than one where the number proves itself in two schemes."""
    others: tuple[str, ...]
    """Tags under which the ledger knows an enterprise besides."""
    ending: str
    """The last four characters of the number, for the paper that is handed out."""
    schemes: tuple[str, ...]
    numbers: tuple[str, ...] = field(default=(), repr=False)
    """The clean number, for the search in rows: in memory only."""


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that the store knows of a subject, as rows."""

    documents: list[AboutRow]
    """Newest first. A document stands here once for each place where the subject is in it."""
    places: int
    """How many there are, also beyond what was asked for."""
    beside: list[AboutRow]
    """Of the same cases, the other documents."""
    cases: dict[str, list[str]]
    matters: dict[str, str]
    lists: set[str]
    """Cases of many: of them only what names the subject, or nobody."""
    transfers: list[Moved]
    marks: dict[str, str]
    """Document → what is to be said of its row (``person_ledger.MARKS``)."""
    states: dict[str, str]
    reads: list[Note]
    looks: list[Note]

    @property
    def wrong(self) -> int:
        """How many rows of tables say something else than the ledger."""
        marks = [*self.marks.values(), *(each.mark for each in self.transfers)]
        return sum(mark in WRONG for mark in marks)


def of_number(hub: Hub, number: str) -> Subject:
    """The subject of an identity number or credit code. ``Invalid("person.number")``."""
    found = subjects.asked(number)
    tags = tuple(subject.tag_of(hub.vault.tag, *each) for each in found)
    firms = [clean for scheme, clean in found if scheme == subjects.ORGANISATION]
    numbers = tuple(dict.fromkeys(clean for _, clean in found))
    others = tuple(hub.vault.tag("enterprise", each) for each in firms)
    return Subject(tags, others, found[0][1][-4:], tuple(scheme for scheme, _ in found), numbers)


def note(hub: Hub, who: Signatory, whom: Subject, *, reason: str, act: str) -> None:
    """Who looks at whom, and why, in the ledger for ever. ``Invalid`` without a reason.

    ``act``: ``show``, ``extract``.
    """
    about = {"subjects": list(whom.tags), "act": act}
    token = who.sign(READ, about, reason=needed_reason(reason), now=hub.clock())
    details = {"operator": who.operator.name, "act": act, "token": token}
    entries = [Entry(READ, tag, details=details) for tag in whom.tags]
    hub.ledger.commit(lambda _: entries)


def look(hub: Hub, whom: Subject, most: int) -> Found:
    """All about a subject; of more than ``most`` places in documents the newest."""
    with hub.store.read() as connection:
        named = subject_rows.documents(connection, whom.tags, most)
        cases = subject_rows.cases(connection, {each.id for each in named})
        known = {case for some in cases.values() for case in some}
        lists = set(subject_rows.lists(connection, known))
        marks: dict[str, str] = {}
        documents, beside = _documents(connection, named, (known, lists), marks)
        moved = _moved(connection, [*documents, *beside], known, lists)
        reads = subject_rows.of_cases(connection, known, subject_rows.READS)
        return Found(
            documents=documents,
            places=subject_rows.count(connection, whom.tags),
            beside=beside,
            cases=cases,
            lists=lists,
            matters=subject_rows.matters(connection, known | {each.row.case for each in moved}),
            transfers=moved,
            marks=marks,
            states=subject_rows.states(connection, {each.row.effect for each in moved}),
            reads=reads,
            looks=_looks(connection, whom, known),
        )


def _documents(
    connection: Connection,
    named: list[AboutRow],
    cases: tuple[set[str], set[str]],
    marks: dict[str, str],
) -> tuple[list[AboutRow], list[AboutRow]]:
    """Those that name the subject, and those beside them in the cases (all; those of many)."""
    known, lists = cases
    ids = {each.id for each in named}
    beside = [e for e in subject_rows.beside(connection, known) if e.id not in ids]
    ids |= {each.id for each in beside}
    noted = subject_rows.notes(connection, ids, ("document",))
    there = subject_rows.of_cases(connection, known - lists, ("document",))
    return (
        person_ledger.documents(named, noted, marks),
        [*person_ledger.documents(beside, noted, marks), *person_ledger.beside(ids, there)],
    )


def _moved(
    connection: Connection, about: list[AboutRow], cases: set[str], lists: set[str]
) -> list[Moved]:
    """A document that does not name the subject counts in these cases only."""
    names = {each.id: bool(each.path) for each in about}
    rows = [
        row
        for row in subject_rows.transfers(connection, list(names))
        if names[row.document] or row.case in cases
    ]
    notes = subject_rows.notes(connection, [row.id for row in rows], _NOTES)
    notes += subject_rows.of_cases(connection, cases, _NOTES)
    return [
        each
        for each in person_ledger.transfers(rows, notes)
        if names.get(each.row.document)
        or (each.row.case in cases and (each.row.document in names or each.row.case not in lists))
    ]


def _looks(connection: Connection, whom: Subject, cases: set[str]) -> list[Note]:
    """Of the subject, and of the cases that went out as evidence; oldest first."""
    tags = [*whom.tags, *whom.others]
    found = subject_rows.notes(connection, tags, _LOOKS)
    found += subject_rows.notes(connection, cases, (EXPORT,))
    return sorted(found, key=lambda each: str(canonical.loads(each[3])["at"]))
