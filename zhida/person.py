"""What was exchanged about one person or organisation, to whom, and why: read from the store alone.

Asked by number, found by keyed digest, so it works after the bodies were erased. Nothing here opens a
body, and nothing tells of anybody else: of a document only its kind, whose word it is, and which
fields went where. Who looks, and why, stands in the ledger before anything is shown (``note``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from exchange import canonical, subject
from exchange.ledger import Entry
from exchange.store import subject_rows
from exchange.store.delivery_rows import TransferRow
from exchange.store.engine import Connection
from exchange.store.subject_rows import AboutRow, Note
from mappings import subjects
from zhida.evidence_out import EXPORT
from zhida.hub import Hub
from zhida.operators import Signatory, needed_reason

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
    transfers: list[TransferRow]
    notes: dict[str, Note]
    """Transfer → its note in the ledger."""
    states: dict[str, str]
    reads: list[Note]
    looks: list[Note]


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
        documents = subject_rows.documents(connection, whom.tags, most)
        named = {each.id for each in documents}
        cases = subject_rows.cases(connection, named)
        known = {case for some in cases.values() for case in some}
        beside = [e for e in subject_rows.beside(connection, known) if e.id not in named]
        moved = _moved(connection, [*documents, *beside], known)
        refs = [each.id for each in moved]
        return Found(
            documents=documents,
            places=subject_rows.count(connection, whom.tags),
            beside=beside,
            cases=cases,
            matters=subject_rows.matters(connection, known | {each.case for each in moved}),
            transfers=moved,
            notes={each[1]: each for each in subject_rows.notes(connection, refs, _NOTES)},
            states=subject_rows.states(connection, {each.effect for each in moved}),
            reads=subject_rows.reads(connection, known),
            looks=_looks(connection, whom, known),
        )


def _looks(connection: Connection, whom: Subject, cases: set[str]) -> list[Note]:
    """Of the subject, and of the cases that went out as evidence; oldest first."""
    tags = [*whom.tags, *whom.others]
    found = subject_rows.notes(connection, tags, _LOOKS)
    found += subject_rows.notes(connection, cases, (EXPORT,))
    return sorted(found, key=lambda each: str(canonical.loads(each[3])["at"]))


def _moved(connection: Connection, about: Iterable[AboutRow], cases: set[str]) -> list[TransferRow]:
    """A document that does not name the subject counts in these cases only."""
    names = {each.id: bool(each.path) for each in about}
    found = subject_rows.transfers(connection, list(names))
    return sorted(
        (each for each in found if names[each.document] or each.case in cases),
        key=lambda each: (each.at, each.id),
    )
