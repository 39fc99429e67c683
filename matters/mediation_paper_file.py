"""Read the papers of disputes from their file, with every mistake and its line.

Beyond the forms: events and roles that are not there, a role that never tells the event, a field that
points at nothing, at what is nobody else's (what the parties offered), or, of a proof, at the substance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from exchange.errors import Fact
from exchange.names import nearest
from mappings.shapes import SHIPPED as SHAPES
from mappings.yaml_file import escape
from matters import files
from matters.ladder_parts import Ladder
from matters.mediation_paper_schema import SCHEMA
from matters.mediation_papers import DAY, MONEY, PARTIES, RECEIVER, TEXT, Field, Paper, Papers
from matters.mistakes import Mistake, refuse

SHIPPED = Path(__file__).with_name("mediation") / "papers.yaml"
_CONFIDENTIAL = ("/event/offers", "/event/offered", "/event/consent")
"""What the parties offered goes to nobody without their consent, least of all into a paper."""
_OF_PROOF = frozenset(
    {"/dispute/number", "/unit/title", "/to/title", "/event/at", "/event/reference"}
)
_TO = "/to/title"


def load(path: Path, ladder: Ladder) -> Papers:
    """``Invalid`` tells every mistake."""
    found = files.read(path, SCHEMA)
    refuse(found, path.name, mistakes(found.data, ladder))
    return of(found.data)


def of(told: Mapping[str, Any]) -> Papers:
    """What valid content says."""
    kinds = {name: _paper(name, about) for name, about in told["kinds"].items()}
    return Papers(told["papers"], told["title"], kinds)


def _paper(name: str, told: Mapping[str, Any]) -> Paper:
    return Paper(
        name=name,
        title=told["title"],
        after=frozenset(told["after"]),
        seals=MappingProxyType(told["seals"]),
        template=told["template"],
        format=told["format"],
        article=told["article"],
        goes_to=tuple(told["goes_to"]),
        fields=tuple(_field(each, about) for each, about in told["fields"].items()),
        proof=told.get("proof", False),
    )


def _field(name: str, told: str | Mapping[str, str]) -> Field:
    if isinstance(told, str):
        return Field(name, told)
    return Field(name, told["from"], told.get("as", TEXT), told.get("absent", ""))


def mistakes(told: Mapping[str, Any], ladder: Ladder) -> Iterator[Mistake]:
    """What the schema can't see."""
    for name, about in told["kinds"].items():
        at = f"/kinds/{escape(name)}"
        wrong = list(_names(about, ladder, at))
        yield from wrong or _together(about, ladder, at)
        for field, where in about["fields"].items():
            found = _field(field, where)
            yield from _in_field(found, about, f"{at}/fields/{escape(field)}")


def _names(about: Mapping[str, Any], ladder: Ladder, at: str) -> Iterator[Mistake]:
    for key, known, code in (
        ("after", ladder.says, "papers.unknown-event"),
        ("seals", ladder.roles, "papers.unknown-role"),
        ("goes_to", [*PARTIES, *ladder.roles], "papers.unknown-receiver"),
    ):
        for place, name in enumerate(about[key]):
            if name not in known:
                where = name if isinstance(about[key], Mapping) else place
                facts: dict[str, Fact] = {"name": name, "nearest": nearest(name, known)}
                yield Mistake(code, f"{at}/{key}/{escape(str(where))}", facts)


def _together(about: Mapping[str, Any], ladder: Ladder, at: str) -> Iterator[Mistake]:
    """A seal whose role never tells any of the events; a receiver where nothing is handed over."""
    says = [ladder.says[name] for name in about["after"]]
    for role in about["seals"]:
        if not any(role in say.by for say in says):
            by = ", ".join(sorted(frozenset[str]().union(*(say.by for say in says))))
            facts: dict[str, Fact] = {"role": role, "events": ", ".join(about["after"]), "by": by}
            yield Mistake("papers.never", f"{at}/seals/{escape(role)}", facts)
    paths = [_field(name, where).path for name, where in about["fields"].items()]
    if (RECEIVER in about["goes_to"] or _TO in paths) and not all(s.hands_over for s in says):
        yield Mistake(
            "papers.nobody-receives", f"{at}/after", {"events": ", ".join(about["after"])}
        )


def _in_field(field: Field, about: Mapping[str, Any], at: str) -> Iterator[Mistake]:
    known = leaves()
    facts: dict[str, Fact] = {"path": field.path}
    if field.path.startswith(_CONFIDENTIAL):
        yield Mistake("papers.confidential", at, facts)
    elif field.path not in known:
        yield Mistake("papers.pointer", at, {**facts, "nearest": nearest(field.path, known)})
    elif field.form not in known[field.path]:
        allowed = ", ".join(known[field.path]) or "-"
        yield Mistake("papers.form", at, {**facts, "form": field.form, "allowed": allowed})
    elif about.get("proof") and field.path not in _OF_PROOF:
        yield Mistake("papers.substance", at, facts)


def leaves() -> dict[str, tuple[str, ...]]:
    """Every pointer that a field may have → the forms in which its value can be written."""
    found: dict[str, tuple[str, ...]] = {
        "/dispute/number": (TEXT,),
        "/unit/title": (TEXT,),
        _TO: (TEXT,),
    }
    for name in ("event", "registration"):
        shape = SHAPES.find(f"mediation-{name}")
        for path, kind in shape.leaves.items():
            full = f"/{name}{path}"
            if not full.startswith((*_CONFIDENTIAL, "/registration/consent")):
                found[full] = _forms(shape.schema, path, kind)
    return found | {"/event/at": (DAY,)}


def _forms(schema: Mapping[str, Any], path: str, kind: str) -> tuple[str, ...]:
    """Of a truth value none: a paper says nothing by 1 and 0."""
    if kind == "integer":
        return (MONEY,) if path.endswith("_fen") else (TEXT,)
    node: Mapping[str, Any] = schema
    for part in path.split("/")[1:]:
        node = node["items"] if part == "*" else node["properties"][part]
    if node.get("format") == "civil-date":
        return (DAY, TEXT)
    return (TEXT,) if kind == "string" else ()
