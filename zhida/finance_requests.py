"""A bank's request as a case: opened once, whatever the bank sends again, and read back with its papers.

The case is named by the bank and the bank's own number. The same once more is the same case; something else
under that number is refused to the sender's face. What the hub writes into it itself (its own number, the
day, whose request it is) tells those who are asked nothing of the bank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exchange import pointer, times
from exchange.document import Document
from exchange.errors import Rejected
from exchange.ports import Record
from exchange.store import case_rows
from exchange.store.case_rows import ItemRow
from mappings import shapes
from zhida import finance_letters, grant_lists, own_filing, own_opening
from zhida.finance_letters import Letter
from zhida.hub import Hub
from zhida.own_filing import Paper
from zhida.own_opening import Own

MATTER, KIND = "order-finance", "finance-request"
REQUEST, LETTER, ANSWER = "request", "letter", "answer"
"""The case's names of what does not come from those who are asked."""
OURS = ("/id", "/bank", "/received_on", "/leave/*")
"""What the hub writes, whatever the bank sends."""


@dataclass(frozen=True, slots=True)
class Request:
    """One case, as it stands."""

    case: str
    record: Record
    names: Mapping[str, str]
    """The case's name of a document → its id."""
    items: Mapping[str, ItemRow]

    @property
    def bank(self) -> str:
        """The unit that asked."""
        return str(self.record["bank"])

    @property
    def number(self) -> str:
        """The bank's own number."""
        return str(self.record["number"])


def of_bank(hub: Hub, bank: str, given: Record, datasets: Iterable[str] = ()) -> Record:
    """What the hub keeps of what a bank has sent. ``Invalid`` with every problem of its form.

    ``datasets``: those that the letter names; who holds another one is not asked.
    """
    tag = hub.vault.tag(KIND, bank, str(given.get("number", "")))
    today = times.civil_day(hub.clock()).isoformat()
    record = {**given, "id": f"DR-{tag[:16].upper()}", "bank": bank, "received_on": today}
    if leave := dict.fromkeys(sorted(datasets), True):
        record["leave"] = leave
    shapes.of(hub.site.folder).validate(KIND, record)
    return record


def find(hub: Hub, bank: str, number: str) -> Request | None:
    """The case of this bank's number; None: it has sent none."""
    with hub.store.read() as connection:
        case = grant_lists.case_of(hub, connection, MATTER, bank, number)
    return read(hub, case) if case else None


def require_same(known: Request, record: Record) -> None:
    """``Rejected("finance.request-conflict")`` if the number has meant something else."""
    told, there = _by_bank(record), _by_bank(known.record)
    if told != there:
        differs = sorted(told.keys() ^ there.keys() | {p for p in told if told[p] != there.get(p)})
        raise Rejected("finance.request-conflict", path=differs[0])


def _by_bank(record: Record) -> dict[str, object]:
    return {
        path: value
        for path, value in pointer.flatten(record).items()
        if not pointer.covers(OURS, path)
    }


def take(hub: Hub, record: Record, letter: Letter) -> Request:
    """Open the case, with the letter by which it may be asked. Done again from its beginning it is the same."""
    own_opening.take(own_opening.stream(hub, MATTER, KIND), Own(f"{KIND}/{record['id']}", record))
    found = find(hub, str(record["bank"]), str(record["number"]))
    if found is None:
        raise Rejected("finance.no-request")
    put_letter(hub, found, letter)
    return read(hub, found.case)


def put_letter(hub: Hub, request: Request, letter: Letter) -> None:
    """The letter lies in the case: whoever looks at the case later sees by whose leave it was."""
    if LETTER not in request.names:
        record = hub.archive.get(letter.row.document).record
        kind, key = finance_letters.KIND, f"{finance_letters.KIND}/{request.case}"
        own_filing.file(hub, [Paper(request.case, LETTER, kind, key, record)])


def letter_id(hub: Hub, record: Record) -> str:
    """The hub's name of the letter that the request names: a number of the seller's."""
    return finance_letters.identifier(hub, str(record["seller"]["uscc"]), str(record["letter"]))


def read(hub: Hub, case: str) -> Request:
    """``Rejected("finance.no-request")`` if there is none of this id."""
    with hub.store.read() as connection:
        row = case_rows.get_case(connection, case)
        if row is None or row.matter != MATTER:
            raise Rejected("finance.no-request")
        names = case_rows.documents(connection, case)
        items = {each.item: each for each in case_rows.items(connection, case)}
    record = hub.archive.get(names[REQUEST]).record
    return Request(case, record, names, items)


def papers(hub: Hub, request: Request) -> dict[str, Document]:
    """All its documents but the answers, opened and verified, by the case's names."""
    named = request.names.items()
    return {name: hub.archive.get(number) for name, number in named if name != ANSWER}
