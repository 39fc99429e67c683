"""电子证照标识, the identifier of an electronic certificate (GB/T 36904 family).

``1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>``: type of the certificate, the issuer's
unified social credit code, the issuer's serial number, three digits of version, and a check character
of ISO 7064 MOD 37,36 over these four without dots. One of four published samples does not fit the
rule, so the check warns and rejects nothing: ``fits`` tells. Version 001 is the first issue; a renewed
certificate keeps the serial and counts on (inferred).
"""

from __future__ import annotations

import re

from exchange.errors import Problem
from mappings.check_digits import iso7064_mod_37_36
from mappings.identifiers import gb32100, spelling

SCHEME = "GB/T 36904"
TITLE = "电子证照标识"
SOURCE = "GB/T 36904-2018；校验规则由三个公开样本推定，只提醒"
PERSONAL = True
_ROOT = "1.2.156.3005.2"
_FORM = re.compile(
    r"1\.2\.156\.3005\.2\.[0-9A-Z]{1,32}\.[0-9A-Z]{18}\.[0-9A-Z]{1,64}\.[0-9]{3}\.[0-9A-Z]"
)


def compact(number: str) -> str:
    """The identifier without spaces and invisible characters, plain characters, upper-case.

    >>> compact("1.2.156.3005.2. 11100000000013338v009")
    '1.2.156.3005.2.11100000000013338V009'
    """
    return spelling.compact(number)


def validate(number: str) -> str:
    """The clean identifier. ``Invalid`` for another form; the check character rejects nothing."""
    clean = compact(number)
    if not _FORM.fullmatch(clean):
        raise spelling.refuse("wrong-characters", SCHEME, number)
    return clean


def is_valid(number: str) -> bool:
    """True when ``validate`` would give it back.

    >>> is_valid("1.2.156.3005.2.BIRTH.12320117MB1A000017.X320117001.001.0"), is_valid("X320117001")
    (True, False)
    """
    return spelling.is_accepted(validate, number)


def format(number: str) -> str:  # noqa: A001 - the same verb in every identifier module
    """As it is printed: the clean identifier itself."""
    return validate(number)


def fits(number: str) -> bool:
    """Whether the check character is right. ``Invalid`` for another form.

    >>> made = with_check("1.2.156.3005.2.BIRTH.12320117MB1A000017.X320117001.001")
    >>> fits(made), fits(made.replace("X320117001", "X320117002"))
    (True, False)
    """
    clean = validate(number)
    body, _, check = clean.rpartition(".")
    return with_check(body) == f"{body}.{check}"


def warnings(number: str) -> tuple[Problem, ...]:
    """``identifier.check-digit-differs``; ``identifier.inner-check-digit``: the issuer's code.

    >>> [each.code for each in warnings("1.2.156.3005.2.BIRTH.12320117MB1A000018.X320117001.001.0")]
    ['identifier.check-digit-differs', 'identifier.inner-check-digit']
    """
    clean, found = validate(number), []
    if not fits(clean):
        found.append(spelling.doubt("check-digit-differs", SCHEME, number))
    if not gb32100.is_valid(clean.split(".")[-4]):
        found.append(spelling.doubt("inner-check-digit", SCHEME, number))
    return tuple(found)


def with_check(body: str) -> str:
    """The identifier whose four parts are told: for who issues."""
    parts = body.removeprefix(_ROOT).replace(".", "")
    return f"{body}.{iso7064_mod_37_36(parts)}"
