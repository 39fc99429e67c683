"""What was found of a person as rows for people and programs, in the terms of GB/T 35273-2020, 8.1:
which kinds of data, whence, for what purpose, and which third parties have got them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from exchange import canonical, custody
from exchange.store.subject_rows import AboutRow, Note
from zhida import site_words
from zhida.person import Found
from zhida.person_ledger import MARKS, Moved
from zhida.site import Site

FILE = "file-claim"
"""Of a file only a signed claim travels: its receiver has a reference, and fetches the bytes by it."""
WAYS = {"transfer": "提供", "query": "查询", "read": "调阅"}
GIVES = {"fields": "字段", "identifiers": "仅查询标识", "reference": "仅引用"}


class Telling:
    """Puts rows into words by the site's titles. Kinds and units that are gone keep their names."""

    def __init__(self, site: Site, found: Found) -> None:
        self._site, self._found = site, found
        self._words = site_words.fields(site)

    def documents(self) -> list[dict[str, Any]]:
        """Each document that names the subject once, newest first."""
        told: dict[str, dict[str, Any]] = {}
        for row in self._found.documents:
            if row.id not in told:
                told[row.id] = self._document(row) | {"places": [], "places_zh": []}
            told[row.id]["places"].append(row.path)
            told[row.id]["places_zh"].append(self.title(row.kind, row.path))
        return list(told.values())

    def _document(self, row: AboutRow) -> dict[str, Any]:
        return {
            "document": row.id,
            "kind": row.kind,
            "kind_zh": self.kind(row.kind),
            "provider": row.provider,
            "provider_zh": self.unit(row.provider),
            "custody": row.custody,
            "custody_zh": self.custody(row),
            "as_of": row.as_of,
            "at": row.created_at,
            "cases": self._found.cases.get(row.id, []),
            "mark": self._found.marks.get(row.id, ""),
            "mark_zh": MARKS[self._found.marks.get(row.id, "")],
        }

    def exchanges(self) -> list[dict[str, Any]]:
        """Every transfer, question and reading, oldest first."""
        moved = [self._transfer(each) for each in self._found.transfers]
        reads = [self._read(each) for each in self._found.reads if self._concerns(each)]
        return sorted(moved + reads, key=lambda each: str(each["at"]))

    def _transfer(self, moved: Moved) -> dict[str, Any]:
        row = moved.row
        disclosed = canonical.loads(row.disclosed.encode())
        return self._common(row.document, row.case, disclosed, moved.way) | {
            "id": row.id,
            "at": row.at,
            "provider": row.provider,
            "receiver": row.receiver,
            "receiver_zh": self.unit(row.receiver),
            "purpose": row.purpose,
            "agreement": row.agreement,
            "basis": moved.basis,
            "item": row.item,
            "withheld": len(canonical.loads(row.withheld.encode())),
            "state": self._found.states.get(row.effect, ""),
            "mark": moved.mark,
            "mark_zh": MARKS[moved.mark],
        }

    def _read(self, note: Note) -> dict[str, Any]:
        body = _body(note)
        receiver = str(body.get("unit") or body.get("bank") or body.get("client") or "")
        document = str(body.get("document") or (note[1] if note[0] == "file-read" else ""))
        disclosed = list(body.get("disclosed") or body.get("datasets") or ())
        return self._common(document, note[2], disclosed, "read") | {
            "id": note[1],
            "at": str(body["at"]),
            "provider": self._about[document].provider if document in self._about else "",
            "receiver": receiver,
            "receiver_zh": self.unit(receiver),
            "purpose": str(body.get("purpose", "")),
            "agreement": str(body.get("agreement", "")),
            "basis": str(body.get("letter", "")),
            "item": "",
            "withheld": len(body.get("withheld", ())),
            "state": "" if body.get("granted", True) else "refused",
            "mark": "",
            "mark_zh": "",
        }

    def _common(self, document: str, case: str, disclosed: list[str], way: str) -> dict[str, Any]:
        row = self._about.get(document)
        kind = row.kind if row else ""
        matter = self._found.matters.get(case, "")
        return {
            "way": way,
            "way_zh": WAYS[way],
            "document": document,
            "kind": kind,
            "kind_zh": self.kind(kind),
            "relation": "named" if row and row.path else "case",
            "custody": row.custody if row else "",
            "custody_zh": self.custody(row) if row else "",
            "provider_zh": self.unit(row.provider) if row else "",
            "case": case,
            "matter": matter,
            "matter_zh": self._matter(matter),
            "gives": _gives(way, kind),
            "disclosed": disclosed,
            "disclosed_zh": [self.title(kind, each) for each in disclosed],
            "own_number": not self._places.get(document, set()).isdisjoint(disclosed),
        }

    def looks(self) -> list[dict[str, Any]]:
        """Who has looked before, oldest first."""
        told = []
        for note in self._found.looks:
            body = _body(note)
            told.append(
                {
                    "at": str(body["at"]),
                    "kind": note[0],
                    "by": _by(body),
                    "act": body.get("act", ""),
                }
            )
        return told

    def _matter(self, name: str) -> str:
        return self._site.matters[name].title if name in self._site.matters else name

    @cached_property
    def _about(self) -> dict[str, AboutRow]:
        return {each.id: each for each in [*self._found.beside, *self._found.documents]}

    @cached_property
    def _places(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for each in self._found.documents:
            found.setdefault(each.id, set()).add(each.path)
        return found

    def _concerns(self, note: Note) -> bool:
        """A reading of a whole case, or of a document that is about the subject."""
        document = str(_body(note).get("document") or "")
        return not document or document in self._about or note[2] not in self._found.lists

    def unit(self, name: str) -> str:
        """Its title."""
        return self._site.units[name].title if name in self._site.units else name

    def custody(self, row: AboutRow) -> str:
        """Whose word a document is."""
        return self.word(row.provider, row.custody)

    def word(self, provider: str, held: str) -> str:
        """Whose word it is that was signed in this custody."""
        return custody.told(held, self.unit(provider), own=provider == self._site.unit)

    def kind(self, kind: str) -> str:
        """Title of a kind of document."""
        return self._words.kind(kind)

    def title(self, kind: str, path: str) -> str:
        """Title of a field."""
        return self._words.field(kind, path)


def _body(note: Note) -> Mapping[str, Any]:
    told: Mapping[str, Any] = canonical.loads(note[3])
    return told


def _by(body: Mapping[str, Any]) -> str:
    return str(body.get("operator") or body.get("unit") or "")


def _gives(way: str, kind: str) -> str:
    if kind == FILE:
        return "reference"
    return "identifiers" if way == "query" else "fields"
