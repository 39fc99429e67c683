"""联行号, the bank code of China's payment system (CNAPS): twelve digits.

Three digits of bank category (code list ``bank_category``), four of the city, four of the branch,
one check digit. No public standard tells the check rule: ISO 7064 MOD 11,10 holds for the published
code 011884020184 and for the head offices in the tests, so it warns and rejects nothing. In ISO 20022
it stands in ``ClrSysMmbId`` with the clearing system ``CNAPS``. China has no IBAN.
"""

from __future__ import annotations

import re

from exchange.errors import Problem
from mappings import codes
from mappings.check_digits import iso7064_mod_11_10
from mappings.identifiers import spelling

SCHEME = "CNAPS"
TITLE = "联行号（支付系统行号）"
SOURCE = "ISO 20022 外部清算系统代码 CNAPS（12 位数字）；校验规则未见公开标准，只提醒"
PERSONAL = False
_CODE = re.compile(r"[0-9]{12}")


def compact(code: str) -> str:
    """The code without spaces, hyphens and invisible characters, plain digits.

    >>> compact("102 1000-99996")
    '102100099996'
    """
    return spelling.compact(code, "-")


def validate(code: str) -> str:
    """The clean code of twelve digits. ``Invalid`` for length or characters.

    >>> validate("102100099996")
    '102100099996'
    """
    clean = compact(code)
    spelling.check_form(clean, {12}, _CODE, scheme=SCHEME, text=code)
    return clean


def is_valid(code: str) -> bool:
    """True when ``validate`` would give a code back.

    >>> is_valid("102100099996"), is_valid("10210009999")
    (True, False)
    """
    return spelling.is_accepted(validate, code)


def format(code: str) -> str:  # noqa: A001 - the same verb in every identifier module
    """Grouped for reading: bank, city, branch, check.

    >>> format("102100099996")
    '102 1000 9999 6'
    """
    clean = validate(code)
    return f"{clean[:3]} {clean[3:7]} {clean[7:11]} {clean[11]}"


def warnings(code: str) -> tuple[Problem, ...]:
    """``identifier.bank-unknown``, ``identifier.check-digit-differs``.

    >>> [each.code for each in warnings("999100099996")]
    ['identifier.bank-unknown', 'identifier.check-digit-differs']
    """
    clean, found = validate(code), []
    if not bank(clean):
        found.append(spelling.doubt("bank-unknown", SCHEME, code))
    if iso7064_mod_11_10(clean[:11]) != clean[11]:
        found.append(spelling.doubt("check-digit-differs", SCHEME, code))
    return tuple(found)


def bank(code: str) -> str:
    """Name of the bank or kind of bank by the first three digits; empty if our list lacks it.

    >>> bank("308584000013"), bank("011884020184")
    ('招商银行', '')
    """
    known = codes.scheme("bank_category").codes.get(validate(code)[:3])
    return known.name_zh if known else ""
