"""The identifiers by name: strings resolved late, so that a mapping file can name one.

Each is a module with the same verbs: ``compact``, ``validate``, ``is_valid``, ``format``, and
``warnings``, which tells what is odd about a valid one and never refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from exchange.errors import Fatal, Problem
from exchange.names import nearest

NAMES = (
    "bank_card",
    "birth_certificate",
    "cnaps",
    "e_certificate",
    "gb11643",
    "gb11714",
    "gb32100",
    "invoice_code",
    "invoice_number",
    "medical_insurance_division",
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """One kind of identifier: what it is called, where its rules come from, its verbs."""

    name: str
    title: str
    scheme: str
    source: str
    personal: bool
    """Points at a person: shown as its form only, never logged."""
    compact: Callable[[str], str]
    validate: Callable[[str], str]
    is_valid: Callable[[str], bool]
    format: Callable[[str], str]
    warnings: Callable[[str], tuple[Problem, ...]]


def find(name: str) -> Identifier:
    """The identifier ``name``; ``Fatal("identifier.no-such")`` names the nearest.

    >>> find("cnaps").title, find("gb11643").personal
    ('联行号（支付系统行号）', True)
    """
    if name not in NAMES:
        raise Fatal("identifier.no-such", name=name[:60], nearest=nearest(name, NAMES))
    module = import_module(f"mappings.identifiers.{name}")
    said = (module.TITLE, module.SCHEME, module.SOURCE, module.PERSONAL)
    verbs = (module.compact, module.validate, module.is_valid, module.format, module.warnings)
    return Identifier(name, *said, *verbs)


def validator(name: str) -> Callable[[str], str]:
    """The ``validate`` of the identifier ``name``.

    >>> validator("gb11643")("11010519491231002x")
    '11010519491231002X'
    """
    return find(name).validate
