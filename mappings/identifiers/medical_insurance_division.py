"""医保区划, the division of medical insurance (``admdvs``): six digits, and not GB/T 2260.

It looks like a division and has members of its own: a published sample has 421099, which GB/T 2260
lacks, and ``…99`` is said to be the city's own insured (本级; unverified). So it is an identifier
with a form and never looked up in ``gb_t_2260``; only its province is compared, and only warned of.
"""

from __future__ import annotations

import re

from exchange.errors import Problem
from mappings.identifiers import areas, spelling

SCHEME = "admdvs"
TITLE = "医保区划"
SOURCE = "国家医保信息平台接口的公开样例；与 GB/T 2260 相似而不相同"
PERSONAL = False
_CODE = re.compile(r"[0-9]{6}")


def compact(code: str) -> str:
    """The code without spaces and invisible characters, plain digits.

    >>> compact("３２０１ 17")
    '320117'
    """
    return spelling.compact(code)


def validate(code: str) -> str:
    """The clean code of six digits. ``Invalid`` for length or characters.

    >>> validate("421099")
    '421099'
    """
    clean = compact(code)
    spelling.check_form(clean, {6}, _CODE, scheme=SCHEME, text=code)
    return clean


def is_valid(code: str) -> bool:
    """True when ``validate`` would give a code back.

    >>> is_valid("320199"), is_valid("320117000000")
    (True, False)
    """
    return spelling.is_accepted(validate, code)


def format(code: str) -> str:  # noqa: A001 - the same verb in every identifier module
    """As it is sent: the digits themselves."""
    return validate(code)


def warnings(code: str) -> tuple[Problem, ...]:
    """``identifier.area-unknown``: the first two digits are no province's.

    >>> warnings("421099"), [each.code for each in warnings("990000")]
    ((), ['identifier.area-unknown'])
    """
    if areas.is_province(validate(code)[:2]):
        return ()
    return (spelling.doubt("area-unknown", SCHEME, code),)
