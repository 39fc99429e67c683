"""组织机构代码, the organisation code (GB 11714-1997): eight characters and a check character.

Since 2015 it lives on as positions 9 to 17 of the unified social credit code; older registers,
bank accounts and permits still have it alone. It is printed with a dash before the last character
(``M000100Y-4``) and stored without.
"""

from __future__ import annotations

import re

from exchange.errors import Problem
from mappings.check_digits import gb11714_check
from mappings.identifiers import spelling

SCHEME = "GB 11714"
TITLE = "组织机构代码"
SOURCE = "GB 11714-1997"
PERSONAL = False
_CODE = re.compile(r"[0-9A-Z]{8}[0-9X]")


def compact(code: str) -> str:
    """The code without dash, spaces and invisible characters, upper-case.

    >>> compact("m000100y-4"), compact("75591846—9")
    ('M000100Y4', '755918469')
    """
    return spelling.compact(code, "-‐‑–—−")


def validate(code: str) -> str:
    """The clean code of nine characters. ``Invalid`` for length, characters or check character.

    >>> validate("75591846-9")
    '755918469'
    """
    clean = compact(code)
    spelling.check_form(clean, {9}, _CODE, scheme=SCHEME, text=code)
    if gb11714_check(clean[:8]) != clean[8]:
        raise spelling.refuse("wrong-check-digit", SCHEME, code)
    return clean


def is_valid(code: str) -> bool:
    """True when ``validate`` would give a code back.

    >>> is_valid("M000100Y-4"), is_valid("M000100Y-5")
    (True, False)
    """
    return spelling.is_accepted(validate, code)


def format(code: str) -> str:  # noqa: A001 - the same verb in every identifier module
    """As it is printed.

    >>> format("M000100Y4")
    'M000100Y-4'
    """
    clean = validate(code)
    return f"{clean[:8]}-{clean[8]}"


def warnings(code: str) -> tuple[Problem, ...]:
    """Nothing is odd about a valid one. ``Invalid`` as ``validate`` for one that is none."""
    validate(code)
    return ()
