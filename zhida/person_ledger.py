"""Who got what by the ledger's word. Nothing protects the rows of the tables beside it, so they serve for
looking up, and what they say otherwise is marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from exchange import canonical
from exchange.store.delivery_rows import TransferRow
from exchange.store.subject_rows import AboutRow, Note

PRUNED, DIFFERS, UNNOTED = "pruned", "differs", "unnoted"
MARKS = {
    "": "",
    PRUNED: "正文已清理",
    DIFFERS: "数据表与账本不符，以账本为准",
    UNNOTED: "数据表所载，账本没有",
}
WRONG = (DIFFERS, UNNOTED)
_TEXTS = ("item", "document", "agreement", "provider", "receiver", "purpose", "effect", "at")
_NOTHING = dict.fromkeys(_TEXTS, "")
_SAME = ("provider", "custody", "source", "as_of")


@dataclass(frozen=True, slots=True)
class Moved:
    """One transfer or query, as the ledger tells it; of a pruned note, as the table does."""

    row: TransferRow
    way: str
    basis: str = ""
    mark: str = ""


def transfers(rows: Iterable[TransferRow], notes: Iterable[Note]) -> list[Moved]:
    """Each note with the row that belongs to it, and rows of which the ledger knows nothing; oldest first."""
    known = {row.id: row for row in rows}
    noted = {note[1]: note for note in notes}
    found = [_moved(known.get(ref), note) for ref, note in noted.items()]
    found += [Moved(row, "transfer", mark=UNNOTED) for row in known.values() if row.id not in noted]
    return sorted(found, key=lambda each: (each.row.at, each.row.id))


def _moved(row: TransferRow | None, note: Note) -> Moved:
    kind, ref, case, body = note
    if not body:
        left = row or TransferRow(ref, case, disclosed="[]", withheld="[]", **_NOTHING)
        same = row is not None and row.case == case
        return Moved(replace(left, case=case), kind, mark=PRUNED if same else DIFFERS)
    told = canonical.loads(body)
    said = _row(ref, case, told)
    same = row is not None and replace(row, at=said.at) == said
    return Moved(said, kind, str(told["basis"]), "" if same else DIFFERS)


def _row(ref: str, case: str, told: Mapping[str, Any]) -> TransferRow:
    return TransferRow(
        id=ref,
        case=case,
        disclosed=canonical.dumps(told["disclosed"]).decode(),
        withheld=canonical.dumps(told["withheld"]).decode(),
        **{name: str(told[name]) for name in _NOTHING},
    )


def documents(
    rows: Iterable[AboutRow], notes: Iterable[Note], marks: dict[str, str]
) -> list[AboutRow]:
    """The same documents with what the ledger says of them, if it does; ``marks`` is filled (id → mark)."""
    said: dict[str, bytes] = {}
    for _, ref, _, body in notes:  # one in each case into which it came
        said[ref] = body or said.get(ref, b"")
    return [_document(row, said[row.id], marks) if row.id in said else row for row in rows]


def _document(row: AboutRow, body: bytes, marks: dict[str, str]) -> AboutRow:
    if not body:
        marks[row.id] = PRUNED
        return row
    told = canonical.loads(body)
    right = replace(row, kind=told["document_kind"], **{name: told[name] for name in _SAME})
    if right != row:
        marks[row.id] = DIFFERS
    return right


def beside(known: Iterable[str], notes: Iterable[Note]) -> list[AboutRow]:
    """Documents of these notes that no table names, as the ledger tells them."""
    seen, found = set(known), []
    for _, ref, _, body in notes:
        if ref not in seen and body:
            told = canonical.loads(body)
            own = {name: told[name] for name in _SAME}
            more = {"created_at": told["at"], "supersedes": "", "path": ""}
            found.append(AboutRow(id=ref, kind=told["document_kind"], **own, **more))
            seen.add(ref)
    return found
