"""The canonical documents as JSON Schema 2020-12 (``mappings/shapes/*.yaml``), and their check.

JSON Schema says which fields there are; formats registered here add what it cannot say: check
digits, real calendar days, plain text. All problems of a record come at once, and none carries
a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs

from exchange.errors import Fatal, Invalid, Problem
from mappings.identifiers import birth_certificate, gb11643, gb32100
from mappings.masks import mask
from mappings.plain_text import is_plain
from mappings.yaml_file import escape, read_yaml


def is_civil_date(text: str) -> bool:
    """True for a real day written ``YYYY-MM-DD`` with plain digits.

    >>> is_civil_date("2000-02-29"), is_civil_date("1900-02-29"), is_civil_date("2026-1-5")
    (True, False, False)
    """
    try:
        return len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


FORMATS = {
    "civil-date": is_civil_date,
    "plain-text": is_plain,
    "gb11643": lambda text: gb11643.is_valid(text) and gb11643.validate(text) == text,
    "gb32100": lambda text: gb32100.is_valid(text) and gb32100.validate(text) == text,
    "birth-certificate": lambda text: (
        birth_certificate.is_valid(text) and birth_certificate.validate(text) == text
    ),
}
"""Formats of the shapes. An identifier in a record is always in its clean form."""


def kinds() -> tuple[str, ...]:
    """All kinds of document that have a shape."""
    folder = resources.files("mappings").joinpath("shapes")
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".yaml")))


@cache
def shape(kind: str) -> Mapping[str, Any]:
    """The JSON Schema of a kind. ``Fatal("shape.no-such-kind")`` names the nearest one.

    >>> shape("birth-record")["title"]
    '出生记录'
    """
    if kind not in kinds():
        near = get_close_matches(kind, kinds(), 1)
        raise Fatal("shape.no-such-kind", kind=kind[:60], nearest=near[0] if near else "-")
    text = resources.files("mappings").joinpath("shapes", f"{kind}.yaml").read_text("utf-8")
    found = read_yaml(text)
    if found.problems:
        raise Fatal("shape.broken-file", kind=kind, **found.problems[0].facts)
    data: Mapping[str, Any] = found.data
    return data


def validate(kind: str, record: Mapping[str, Any]) -> None:
    """Check a whole record of ``kind``; ``Invalid`` with every problem at once.

    >>> try: validate("citizen-id", {"citizen_id": "1"})
    ... except Invalid as error: sorted({p.code for p in error.problems})
    ['shape.missing', 'shape.wrong-format']
    """
    plain = dict(record)
    problems = [*_floats(plain, "")]
    problems += (problem for e in _validator(kind).iter_errors(plain) for problem in _told(kind, e))
    if problems:
        raise Invalid.of(problems)


@cache
def _validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        dict(shape(kind)), formats=FORMATS, validate_formats=True, ignore_unknown_formats=False
    )


def _told(kind: str, error: jsonschema_rs.ValidationError) -> Iterator[Problem]:
    at = "".join(f"/{escape(str(segment))}" for segment in error.instance_path)
    keyword = error.kind.name
    if keyword == "required":
        name = str(error.kind.as_dict().get("property", error.kind.value))
        yield Problem("shape.missing", {"kind": kind, "path": f"{at}/{escape(name)}"})
    elif keyword == "additionalProperties":
        for name in error.kind.as_dict()["unexpected"]:
            yield Problem(
                "shape.unknown-field", {"kind": kind, "path": at or "/", "mask": mask(name)}
            )
    else:
        facts = {"kind": kind, "path": at or "/", "rule": keyword, "mask": mask(error.instance)}
        yield Problem(_CODES.get(keyword, "shape.out-of-range"), facts)


_CODES = {
    "type": "shape.wrong-type",
    "format": "shape.wrong-format",
    "pattern": "shape.wrong-format",
    "enum": "shape.wrong-format",
    "propertyNames": "shape.wrong-format",
}


def _floats(value: Any, at: str) -> Iterator[Problem]:
    """Floats pass as integers in JSON Schema when they are whole; a record holds none."""
    if isinstance(value, float):
        yield Problem("shape.float", {"path": at, "mask": mask(value)})
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _floats(inner, f"{at}/{escape(str(key))}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _floats(inner, f"{at}/{index}")
