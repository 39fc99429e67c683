"""What each unit received and what was kept from it, told from the captured bytes alone.

The hub is not asked: the fields come from what the stand-ins' wires carried, by the tables
``fields.csv`` (wire name → Chinese name → the facts it tells) and ``facts.csv``. Names only:
no value leaves this module.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from sandbox import unit_wire_names, wire_names
from sandbox.books import read_effects, read_wire
from sandbox.layout import SYSTEMS
from sandbox.oa_workflow import HUB

UNITS = {
    "civil": "civil-affairs",
    "health": "health",
    "police": "public-security",
    "insurance": "medical-insurance",
    "tax": "tax",
    "social_security": "human-resources",
    "bank": "bank",
    "oa": "service-window",
}
"""System → the unit that runs it."""
_CLERK = 101
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, SyntaxError)
"""What a body that its system could not read either raises: it carried no field to anyone.
lxml's errors of XML that is none are ``SyntaxError``.
"""


Reader = Callable[[bytes], Iterable[tuple[str, str]]]
"""A captured body → the fields in it: wire name, value."""
Values = dict[str, set[str]]
"""Wire name → every value that it carried."""


class Field(NamedTuple):
    """One field of a wire. ``facts``: ``document:/json/pointer``, none for a mere number of ours."""

    wire: str
    zh: str
    facts: tuple[str, ...]


class Fact(NamedTuple):
    """Something that a source knows about the birth."""

    pointer: str
    zh: str


def received(directory: Path) -> dict[str, list[Field]]:
    """Unit → the fields that reached it from the hub, in the order of its own table."""
    told = set(_told(directory))
    return {
        unit: _fields(system, _received(directory, system), told)
        for system, unit in _units(directory).items()
    }


def _units(directory: Path) -> dict[str, str]:
    """Those of the core, and the others that have a system in this district."""
    return {n: unit for n, unit in UNITS.items() if n in SYSTEMS or _books(directory, n).exists()}


def withheld(directory: Path) -> dict[str, list[Fact]]:
    """Unit → what the hospital or the form told and the unit did not get.

    A fact does not count as withheld when its very value came under another name: who received
    the applicant's name received the mother's, if she applied.
    """
    told = _told(directory)
    kept: dict[str, list[Fact]] = {}
    for system, unit in _units(directory).items():
        values = _received(directory, system)
        got = set(_facts(_fields(system, values, set(told))))
        if system == "oa":  # the form is the window's own
            got |= set(_facts(_fields("form", _form(directory), set())))
        seen = set().union(*values.values())
        got |= {fact for fact, carried in told.items() if _telling(carried) & seen}
        kept[unit] = [fact for fact in _all_facts() if fact.pointer in told.keys() - got]
    return kept


def _telling(values: set[str]) -> set[str]:
    """Values that name someone or something: a code such as 01 says nothing by being equal."""
    return {value for value in values if len(value) >= 8 or not value.isascii()}


def effects(directory: Path) -> dict[str, dict[str, Any]]:
    """Item → its rows in the books of the system that did it: how many, and the last one's name."""
    found: dict[str, dict[str, Any]] = {}
    there = {item: told for item, told in _EFFECTS.items() if _books(directory, told[0]).exists()}
    for item, (system, table, reference) in there.items():
        rows = [row for row in read_effects(_books(directory, system), table) if _counts(item, row)]
        last = rows[-1] if rows else {}
        found[item] = {
            "system": system,
            "table": table,
            "rows": len(rows),
            "reference": str(last.get(reference, "")),
            "at": last.get("at", ""),
        }
    return found


_EFFECTS = {
    "birth": ("hospital", "births", "control_id"),
    "marriage": ("civil", "queries", "id"),
    "voucher": ("health", "services", "number"),
    "vaccination": ("health", "services", "number"),
    "parenting": ("health", "services", "number"),
    "certificate": ("health", "services", "number"),
    "premium": ("tax", "payments", "sspzh"),
    "card": ("social_security", "cards", "aaz500"),
    "account": ("bank", "accounts", "reqnbr"),
    "expense": ("insurance", "settlements", "id"),
    "identity-card": ("police", "card_applications", "sid"),
    "household": ("police", "registrations", "sid"),
    "insurance": ("insurance", "enrolments", "id"),
    "reply": ("oa", "acts", "request"),
}


_SERVICES = {
    "voucher": "register",
    "vaccination": "immunisation",
    "parenting": "parenting",
    "certificate": "certificate",
}


def _counts(item: str, row: Mapping[str, Any]) -> bool:
    if item in _SERVICES:
        return bool(row["service"] == _SERVICES[item])
    if item == "birth":
        return bool(row["ack"] == "AA")
    if item == "reply":
        return (row["workflow"], row["act"], row["user"]) == (615, "submit", HUB)
    return True


def _books(directory: Path, system: str) -> Path:
    return directory / system / "books.sqlite"


def _received(directory: Path, system: str) -> Values:
    readers: dict[str, Reader] = {
        "police": wire_names.police,
        "insurance": wire_names.insurance,
        "oa": partial(wire_names.oa, user=HUB),
        "civil": unit_wire_names.civil,
        "health": unit_wire_names.health,
        "tax": unit_wire_names.tax,
        "social_security": unit_wire_names.social_security,
        "bank": unit_wire_names.bank,
    }
    return _carried(directory, system, "in", readers[system])


def _told(directory: Path) -> Values:
    """The facts that the two sources told, the hospital's message and the clerk's form, by value."""
    message = _carried(directory, "hospital", "out", wire_names.hospital)
    told: Values = {}
    for source, values in (("hospital", message), ("form", _form(directory))):
        for field in _fields(source, values, set()):
            for fact in field.facts:
                told.setdefault(fact, set()).update(values[field.wire])
    return told


def _form(directory: Path) -> Values:
    return _carried(directory, "oa", "in", partial(wire_names.oa, user=_CLERK))


def _carried(directory: Path, system: str, direction: str, reader: Reader) -> Values:
    found: Values = {}
    for row in read_wire(_books(directory, system)):
        if row["direction"] == direction:
            with suppress(*_UNREADABLE):
                for name, value in reader(row["body"]):
                    found.setdefault(name, set()).add(value)
    return found


def _fields(source: str, values: Values, known: set[str]) -> list[Field]:
    table = _table().get(source, {})
    strange = sorted(set(values) - set(table)) if source in UNITS else []
    listed = [_field(wire, *table[wire], known) for wire in table if wire in values]
    return listed + [Field(name, name, ()) for name in strange]


def _field(wire: str, zh: str, facts: str, known: set[str]) -> Field:
    """``a|b c``: tells ``a`` where a source told that, else it was worked out from ``b c``."""
    choices = [tuple(choice.split()) for choice in facts.split("|")]
    told = [choice for choice in choices if set(choice) & known]
    return Field(wire, zh, (told or choices[-1:])[0])


def _facts(fields: Iterable[Field]) -> Iterator[str]:
    for field in fields:
        yield from field.facts


@cache
def _table() -> dict[str, dict[str, tuple[str, str]]]:
    table: dict[str, dict[str, tuple[str, str]]] = {}
    for row in _rows("fields.csv"):
        table.setdefault(row["source"], {})[row["wire"]] = (row["zh"], row["facts"])
    return table


@cache
def _all_facts() -> tuple[Fact, ...]:
    return tuple(Fact(row["fact"], row["zh"]) for row in _rows("facts.csv"))


def _rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
