"""What the birth register demands of a record before anyone decides on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from sandbox import resident_id
from sandbox.moments import is_date

Record = Mapping[str, str]

DIVISIONS = frozenset(f"3201{county:02}" for county in (2, 4, 5, 6, 11, 13, 14, 15, 16, 17, 18))
"""GB/T 2260: the counties of Nanjing, where this register takes births from."""
NAME_BYTES = 40
"""The register's columns for names count GBK bytes."""

_NAMES = ("xm", "mqxm", "fqxm", "sbrxm", "jhryxm")
_NUMBERS = ("mqgmsfhm", "fqgmsfhm", "lhsfz", "sbrsfz", "jhrygmsfhm")
_NEEDED = (
    *("postid", "cszmbh", "xm", "xb", "mz", "csrq", "cssj", "csdssxq", "csdxz", "lhsfz"),
    *("sbrxm", "sbrsfz", "sbrlxdh", "jhryxm", "jhrygmsfhm", "jhryjhgx"),
)

_FORMS: Mapping[str, Callable[[str], bool]] = {
    "cszmbh": lambda v: re.fullmatch("[A-Z][0-9]{9}", v) is not None,
    "xb": lambda v: v in {"1", "2"},
    "mz": lambda v: re.fullmatch("[0-9]{2}", v) is not None and 1 <= int(v) <= 56,
    "csrq": lambda v: is_date(v, "%Y%m%d"),
    "cssj": lambda v: is_date(v, "%H%M"),
    "csdssxq": lambda v: v in DIVISIONS,
    "jhryjhgx": lambda v: v in {"51", "52"},
}
"""Codes and dates: GB/T 2261.1 (a register needs a sex), 3304, 2260, 4761 (father, mother)."""


def complaints(record: Record) -> Iterator[str]:
    """What is wrong, as the register words it; the first is what it answers."""
    yield from (f"{name}不能为空" for name in _NEEDED if not record.get(name))
    yield from (
        f"{n}代码或格式错误" for n, ok in _FORMS.items() if n in record and not ok(record[n])
    )
    yield from _too_long(record)
    yield from _parents(record)
    yield from _numbers(record)


def _too_long(record: Record) -> Iterator[str]:
    for name in _NAMES:
        try:
            size = len(record.get(name, "").encode("gbk"))
        except UnicodeEncodeError:
            yield f"{name}含有系统无法表示的字"
        else:
            if size > NAME_BYTES:
                yield f"{name}超过{NAME_BYTES}字节"


def _parents(record: Record) -> Iterator[str]:
    pairs = [
        (record.get("mqxm"), record.get("mqgmsfhm")),
        (record.get("fqxm"), record.get("fqgmsfhm")),
    ]
    if not any(all(pair) for pair in pairs):
        yield "父亲、母亲信息至少填写一方"
    if any(any(pair) and not all(pair) for pair in pairs):
        yield "父母姓名与身份号码须成对填写"
    if record.get("lhsfz") not in (record.get("mqgmsfhm"), record.get("fqgmsfhm")):
        yield "落户身份证不是父母一方"


def _numbers(record: Record) -> Iterator[str]:
    for name in _NUMBERS:
        value = record.get(name, "")
        if len(value) == 18 and value[0].isdecimal() and not resident_id.is_valid(value):
            yield f"{name}校验不通过"
