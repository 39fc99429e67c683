"""The header of a file with columns, and the damage that Excel does to values: found by its form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from adapters._records_form import Layout, wrong
from exchange.errors import Invalid, Problem

_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]{1,2}", re.IGNORECASE)
_NUMBERS = re.compile(
    r"(号|号码|编号|编码|代码|账户|电话|手机|邮编|证件)$|(?i:(^|_)(id|no|code)$)|[a-z](Id|ID|No|Code)$"
)
_COUNTS = ("序号", "行号", "期号")


def header(values: list[str], layout: Layout, line: int) -> list[str]:
    """Names of the columns. ``Invalid`` for one twice, one without a name, a declared one missing."""
    names = [value.strip() for value in values]
    problems = [
        Problem("records.column-unnamed", {"line": line, "column": str(number)})
        for number, name in enumerate(names, 1)
        if not name
    ]
    problems += [
        Problem("records.column-twice", {"line": line, "column": layout.shown(number, name)})
        for number, name in enumerate(names, 1)
        if name and name in names[: number - 1]
    ]
    problems += [
        Problem("records.column-missing", {"line": line, "column": name})
        for name in layout.names
        if name not in names
    ]
    if problems:
        raise Invalid.of(problems)
    return names


def holds_ids(name: str, layout: Layout) -> bool:
    """Does the column hold ids, where a leading zero counts? Told by its name, unless the site
    says that they are numbers. 序号 counts the lines of a list.

    >>> [holds_ids(n, Layout()) for n in ("身份证号", "账号", "person_id", "金额", "paid", "序号")]
    [True, True, True, False, False, False]
    """
    if any(column.number for column in layout.columns if column.name == name):
        return False
    return bool(_NUMBERS.search(name)) and not name.endswith(_COUNTS)


def damage(line: int, record: Mapping[str, str], layout: Layout) -> Iterator[Problem]:
    """``3.20117E+17``: Excel showed a long number so, somebody saved it, and its digits are gone."""
    if "+" not in "".join(record.values()):  # nearly every line
        return
    for number, (name, value) in enumerate(record.items(), 1):
        if _SCIENTIFIC.fullmatch(value.strip()):
            yield wrong("records.scientific", line, layout.shown(number, name), value)
