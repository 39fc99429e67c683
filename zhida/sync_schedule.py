"""Five fields of cron, as Airflow reads them: found wrong here, they would make a dag vanish there."""

from __future__ import annotations

import re

_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_PART = re.compile(r"(\*|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([0-9]{1,2}))?", re.ASCII)


def is_right(cron: str) -> bool:
    """Minute, hour, day, month, day of the week: numbers in their ranges.

    >>> is_right("30 2 * * 1-5"), is_right("*/15 8,12 * * *"), is_right("0 24 * * *"), is_right("5-1 * * * *")
    (True, True, False, False)
    """
    fields = cron.split(" ")
    return len(fields) == len(_RANGES) and all(
        _is_right(part, *bounds)
        for field, bounds in zip(fields, _RANGES, strict=True)
        for part in field.split(",")
    )


def _is_right(part: str, least: int, most: int) -> bool:
    found = _PART.fullmatch(part)
    if found is None or found[4] in ("0", "00"):
        return False
    numbers = [int(each) for each in (found[2], found[3]) if each is not None]
    return all(least <= each <= most for each in numbers) and numbers == sorted(numbers)
