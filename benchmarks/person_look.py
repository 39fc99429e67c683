"""What was exchanged about one person, among a million transfers against among a thousand.

Both stores are made up: for each person a case, five documents, ten transfers with their notes in the
ledger. Looking up goes by indices alone, so it costs what one person's own rows cost.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Table, insert

from benchmarks.measure import Result, compared, in_turn, rates
from exchange import canonical
from exchange.store import schema
from exchange.store.engine import Store
from exchange.store.subject_tables import document_subject
from exchange.store.tables import case_document, document, ledger_entry, matter_case, transfer
from zhida import person
from zhida.hub import Hub
from zhida.person import Subject

SMALL, LARGE = 100, 100_000
_DOCUMENTS, _TRANSFERS = 5, 10
_LOOKS, _CHUNK = 200, 2000
_AT = "2026-01-01T00:00:00.000000Z"


def run() -> Result:
    """Persons are looked up in a random order, in two stores on disk."""
    with tempfile.TemporaryDirectory() as folder:
        large, small = _made(Path(folder), LARGE), _made(Path(folder), SMALL)
        samples = in_turn(_looking(large, LARGE), _looking(small, SMALL))
        large.close()
        small.close()
    rate, cpu = rates([mine for mine, _ in samples])
    result = Result("PERSON", "按人查 in 1 million transfers", "人", "≥ 0.5 ×, < 1 s", rate, cpu)
    slowest = max(1000 * mine.wall / mine.units for mine, _ in samples)
    result.reference, result.notes = "in 1,000", [f"{slowest:.1f} ms a person at most"]
    compared(result, samples, 0.5)
    result.met = bool(result.met) and slowest < 1000
    return result


def _looking(store: Store, persons: int) -> Callable[[], int]:
    hub, rng = cast("Hub", SimpleNamespace(store=store)), random.Random(7)

    def work() -> int:
        for _ in range(_LOOKS):
            whom = Subject((_tag(rng.randrange(persons)),), (), "", ())
            found = person.look(hub, whom, 1000)
            assert (len(found.transfers), found.wrong) == (_TRANSFERS, 0)
        return _LOOKS

    return work


def _made(folder: Path, persons: int) -> Store:
    store = Store(f"sqlite:///{folder / str(persons)}.db")
    schema.upgrade(store)
    for first in range(0, persons, _CHUNK):
        some = range(first, min(first + _CHUNK, persons))
        with store.write() as connection:
            for table, row_of, each in _TABLES:
                rows = [row_of(p, n) for p in some for n in range(each)]
                connection.execute(insert(table), rows)
    return store


def _tag(number: int) -> str:
    return f"{number:032x}"


_OWN = dict.fromkeys(("provider", "custody", "source", "as_of"), "hospital")
_TEXTS = ("item", "agreement", "provider", "receiver", "purpose", "effect")


def _document(p: int, n: int) -> dict[str, Any]:
    told = _OWN | {"id": f"d{p}-{n}", "kind": "birth-record", "created_at": _AT}
    told |= {"supersedes": "", "digest": ""}
    return told | {"sealed": b"x" * 2000, "raw": b"x" * 1000}


def _transfer(p: int, n: int) -> dict[str, Any]:
    told = dict.fromkeys(_TEXTS, "household") | {"id": f"t{p}-{n}", "case": f"c{p}", "at": _AT}
    return told | {"document": f"d{p}-{n % _DOCUMENTS}", "disclosed": '["/a"]', "withheld": "[]"}


def _entry(p: int, n: int) -> dict[str, Any]:
    """The notes of the transfers, then those of the documents."""
    kind, ref, told = _note(p, n) if n < _TRANSFERS else _arrival(p, n - _TRANSFERS)
    body = canonical.dumps({"kind": kind, "ref": ref, "at": _AT} | told)
    seq = p * (_TRANSFERS + _DOCUMENTS) + n
    own = {"seq": seq, "kind": kind, "case": f"c{p}", "ref": ref}
    return own | {"body": body, "hash": b"x" * 32}


def _note(p: int, n: int) -> tuple[str, str, dict[str, Any]]:
    told = {name: value for name, value in _transfer(p, n).items() if name not in ("id", "case")}
    lists = {name: json.loads(told[name]) for name in ("disclosed", "withheld")}
    return "transfer", f"t{p}-{n}", told | lists | {"basis": "户口登记条例第七条"}


def _arrival(p: int, n: int) -> tuple[str, str, dict[str, Any]]:
    return "document", f"d{p}-{n}", _OWN | {"document_kind": "birth-record"}


def _case(p: int, _: int) -> dict[str, Any]:
    told = {"id": f"c{p}", "matter": "newborn", "identity": f"i{p}", "opened_at": _AT}
    return told | {"closed_at": _AT, "state": "done", "definition": ""}


def _subject(p: int, n: int) -> dict[str, Any]:
    return {"document": f"d{p}-{n}", "tag": _tag(p), "path": "/mother/id_number"}


def _known(p: int, n: int) -> dict[str, Any]:
    return {"case": f"c{p}", "name": f"n{n}", "document": f"d{p}-{n}"}


_TABLES: tuple[tuple[Table, Callable[[int, int], dict[str, Any]], int], ...] = (
    (matter_case, _case, 1),
    (document, _document, _DOCUMENTS),
    (case_document, _known, _DOCUMENTS),
    (document_subject, _subject, _DOCUMENTS),
    (transfer, _transfer, _TRANSFERS),
    (ledger_entry, _entry, _TRANSFERS + _DOCUMENTS),
)
