"""The fields of a kind of document: title, type, whether they tell of a person, and who gets them.

No shape says which of its fields are personal, so it is inferred, and told as inferred: everything in a
kind that is about a child; elsewhere identity numbers, telephones and accounts, and what stands beside
one in the same object (a name, a nationality). A site that knows better says so in ``catalogue.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exchange.agreement import Agreement
from mappings import shape_leaves, titles
from mappings.shape import Shape
from mappings.shapes import Shapes
from matters.facts import Fact

CHILD, YES, NO = "child", "yes", "no"
_IDENTIFYING = frozenset(
    {"id_number", "citizen_id", "phone", "mobile", "account", "card_number", "passport"}
)
_BESIDE = frozenset(
    {"name", "id_type", "nationality", "ethnicity", "sex", "birth_date", "address", "relation"}
)
TYPES = {"string": "文本", "integer": "整数", "boolean": "是/否", "": "任意"}
_FORMATS = {"civil-date": "日期", "civil-time": "日期时间"}
_FACTS = {"flag": "是/否", "code": "代码", "count": "整数", "money": "金额（分）", "date": "日期"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field that a document of a kind can have."""

    path: str
    title: str
    type: str
    personal: str
    """``child``, ``yes`` or ``no``."""
    agreements: tuple[str, ...] = ()
    """Of those in force, the ones that give it."""
    used: tuple[str, ...] = ()
    """Those under which it has really been given lately."""

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def of_shape(shapes: Shapes, shape: Shape, declared: Iterable[str] | None) -> list[Field]:
    """Every leaf in the order of the shape."""
    named = titles.of_kind(shape.kind, shapes)
    known = personal(shape, declared)
    return [
        Field(path, named.get(path, path), _type(shape, path, kind), known[path])
        for path, kind in shape.leaves.items()
    ]


def of_facts(facts: Mapping[str, Fact]) -> list[Field]:
    """Facts of enterprises: none tells of a person."""
    return [Field(f"/{f.name}", f.title, _FACTS[f.kind], NO) for f in facts.values()]


def personal(shape: Shape, declared: Iterable[str] | None) -> dict[str, str]:
    """Leaf → whether it tells of a person: as declared, or else inferred.

    >>> from mappings.shapes import SHIPPED
    >>> found = personal(SHIPPED.find("marriage-record"), ["/spouse/name"])
    >>> set(found.values()) <= {"yes", "no"}
    True
    """
    if declared is not None:
        chosen = set(declared)
        return {path: YES if path in chosen else NO for path in shape.leaves}
    if shape.sensitive:
        return dict.fromkeys(shape.leaves, CHILD)
    marked = {path for path in shape.leaves if _identifies(shape, path)}
    rooms = {path.rpartition("/")[0] for path in marked}
    return {
        path: YES if path in marked or _stands_beside(path, rooms) else NO for path in shape.leaves
    }


def _identifies(shape: Shape, path: str) -> bool:
    return path.rpartition("/")[2] in _IDENTIFYING or _at(shape, path).get("format") == "gb11643"


def _stands_beside(path: str, rooms: set[str]) -> bool:
    room, _, name = path.rpartition("/")
    return name in _BESIDE and room in rooms


def _type(shape: Shape, path: str, kind: str) -> str:
    told = _at(shape, path)
    if "enum" in told:
        return "代码"
    return _FORMATS.get(told.get("format", ""), TYPES.get(kind, kind))


def _at(shape: Shape, path: str) -> Mapping[str, Any]:
    """What the schema says of a leaf."""
    told: Mapping[str, Any] = shape.schema
    for segment in path.split("/")[1:]:
        known = shape_leaves.resolved(told, shape.schema)
        name = segment.replace("~1", "/").replace("~0", "~")
        told = known["items"] if segment == "*" and "items" in known else known["properties"][name]
    return shape_leaves.resolved(told, shape.schema)


def with_agreements(
    fields: Iterable[Field], agreements: Sequence[Agreement], used: Mapping[str, frozenset[str]]
) -> list[Field]:
    """The same, each with the agreements that give it, and those that really did."""
    found = []
    for each in fields:
        giving = tuple(a.id for a in agreements if a.covers(each.path))
        really = tuple(name for name in giving if _was_given(each.path, used.get(name, ())))
        found.append(Field(each.path, each.title, each.type, each.personal, giving, really))
    return found


def _was_given(path: str, disclosed: Iterable[str]) -> bool:
    """Members of a list stand under their numbers where they were given.

    >>> _was_given("/rows/*/name", ["/rows/0/name"]), _was_given("/a", ["/ab"])
    (True, False)
    """
    if "*" not in path:
        return path in disclosed
    wanted = path.split("/")
    return any(_fits(wanted, each.split("/")) for each in disclosed)


def _fits(wanted: Sequence[str], given: Sequence[str]) -> bool:
    pairs = zip(wanted, given, strict=False)
    return len(wanted) == len(given) and all(w in ("*", g) for w, g in pairs)
