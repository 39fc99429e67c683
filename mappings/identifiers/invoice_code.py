"""发票代码, the code of a batch of VAT invoices: ten digits (special invoices) or twelve.

Only older invoices have one; the all-electronic ones (数电票) have a number of twenty digits and no
code (``invoice_number``). Ten digits begin with the division, twelve with 0 and the division; no
check digit. Code and number are two fields and stay two: a code of twelve and a number of eight
digits written together look exactly like the number of an all-electronic invoice.

Source: 增值税发票 coding rules as told in public documents of checking services (apifox doc-4135415);
first digits of older local invoices differ, so the division is only warned of.
"""

from __future__ import annotations

import re

from exchange.errors import Problem
from mappings.identifiers import areas, spelling

SCHEME = "invoice code"
TITLE = "发票代码"
SOURCE = "增值税发票编码规则（查验服务公开文档）；数电票没有发票代码"
PERSONAL = False
_CODE = re.compile(r"[0-9]+")


def compact(code: str) -> str:
    """The code without spaces and invisible characters, plain digits.

    >>> compact(" ３２００１７１１３０ ")
    '3200171130'
    """
    return spelling.compact(code)


def validate(code: str) -> str:
    """The clean code. ``Invalid`` for length or characters.

    >>> validate("032001700111")
    '032001700111'
    """
    clean = compact(code)
    spelling.check_form(clean, {10, 12}, _CODE, scheme=SCHEME, text=code)
    return clean


def is_valid(code: str) -> bool:
    """True when ``validate`` would give a code back.

    >>> is_valid("3200171130"), is_valid("32001711301")
    (True, False)
    """
    return spelling.is_accepted(validate, code)


def format(code: str) -> str:  # noqa: A001 - the same verb in every identifier module
    """As it is printed: the digits themselves."""
    return validate(code)


def warnings(code: str) -> tuple[Problem, ...]:
    """``identifier.area-unknown``: no province stands where the division should.

    >>> [each.code for each in warnings("9900171130")]
    ['identifier.area-unknown']
    """
    clean = validate(code)
    division = clean if len(clean) == 10 else clean[1:]
    if areas.is_province(division[:2]):
        return ()
    return (spelling.doubt("area-unknown", SCHEME, code),)
