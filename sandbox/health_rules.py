"""What the health platform demands of a request before it does anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox import resident_id
from sandbox.moments import is_date

_MALFORMED, _REFUSED = 1002, 1001
_ALWAYS = ("serialNo", "certificateNo", "sex", "birthDate", "division")
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "register": ("mother/name", "mother/idType", "mother/idNo", "order"),
    "certificate": (
        *("childName", "birthTime", "place", "institution/name", "institution/uscc"),
        *("mother/name", "mother/idType", "mother/idNo", "collector/name", "collector/idNo"),
    ),
    "immunisation": ("motherName", "motherIdType", "motherIdNo", "institution"),
    "parenting": ("motherName", "motherIdType", "motherIdNo"),
}
_FORMS: Mapping[str, Callable[[str], bool]] = {
    "certificateNo": lambda v: re.fullmatch("[A-Z][0-9]{9}", v) is not None,
    "sex": lambda v: v in {"1", "2"},
    "birthDate": lambda v: is_date(v, "%Y-%m-%d"),
    "division": lambda v: re.fullmatch("3201[0-9]{2}", v) is not None,
}
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af·]{2,30}")
"""A name is of Chinese characters, none of them a letter or a digit (国卫 rules; regulation of names)."""


def complaints(service: str, given: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Code and words; the first is what the platform answers."""
    for name in (*_ALWAYS, *_NEEDED[service]):
        if _at(given, name) in (None, "", {}):
            yield _MALFORMED, f"{name}不能为空"
    for name, ok in _FORMS.items():
        if not ok(str(given.get(name))):
            yield _MALFORMED, f"{name}格式不符合要求"
    if service == "certificate" and not _NAME.fullmatch(str(given.get("childName"))):
        yield _REFUSED, "新生儿姓名应使用规范汉字"
    yield from _numbers(given)


def _numbers(given: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """A citizen's number with a wrong check digit is nobody's; passports are taken as they are."""
    kinds = [("mother/idType", "mother/idNo"), ("father/idType", "father/idNo")]
    for kind, number in [*kinds, ("motherIdType", "motherIdNo")]:
        if _at(given, kind) == "01" and not resident_id.is_valid(str(_at(given, number))):
            yield _REFUSED, f"{number}校验不通过"


def _at(given: Mapping[str, Any], path: str) -> Any:
    found: Any = given
    for part in path.split("/"):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
