"""Civil dates and times between the spellings of wires. A date stays the day it was in China.

A pattern is made of ``yyyy MM dd HH mm ss SSS`` and literal characters; ``M`` and ``d`` are month and
day without a leading zero (``2020/1/5``, as Excel shows it), between separators. Reading is exact: plain
digits, a real calendar day, no 24:00; blanks around the separators are tolerated because real
senders write ``2019 - 04 - 08``. No time zone is involved, so no day can shift.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, time
from functools import cache, lru_cache

from mappings.faults import Fault

_TOKEN = re.compile(r"yyyy|MM|dd|HH|mm|ss|SSS|M|d")
_SHORT = {"M": "MM", "d": "dd"}
"""Without a leading zero; reading takes one too."""

_WIDTHS = {"yyyy": 4, "MM": 2, "dd": 2, "HH": 2, "mm": 2, "ss": 2, "SSS": 3}
_DAYS = 2**14
"""Of forty years: a list of millions tells the same days again and again."""
_DAY_PATTERNS = ("yyyy-MM-dd", "yyyyMMdd", "yyyyMMddHHmm", "yyyyMMddHHmmss", "yyyy-MM-dd HH:mm:ss")

Converter = Callable[[str], str]


def tokens(pattern: str) -> frozenset[str]:
    """The parts that a pattern holds.

    >>> sorted(tokens("yyyyMMdd"))
    ['MM', 'dd', 'yyyy']
    """
    return frozenset(_found(pattern))


def _found(pattern: str) -> list[str]:
    return [_SHORT.get(token, token) for token in _TOKEN.findall(pattern)]


def is_pattern(pattern: str) -> bool:
    """True for a pattern with at least one token, none twice, no other letters or digits.

    >>> is_pattern("yyyy年MM月dd日"), is_pattern("yyyy-mm-DD"), is_pattern("HH:mm")
    (True, False, True)
    >>> is_pattern("yyyy/M/d"), is_pattern("yyyyMd"), is_pattern("yyyy/M/dd MM")
    (True, False, False)
    """
    found = _found(pattern)
    rest = _TOKEN.sub("", pattern).replace("T", "").replace("+0800", "")
    letters = any(c.isascii() and c.isalnum() for c in rest)
    once = len(found) == len(set(found))
    return bool(found) and once and not letters and "{" not in rest and not _runs_on(pattern)


def _runs_on(pattern: str) -> bool:
    """A month or day of one or two digits beside other digits: nobody could tell where it ends."""
    pieces = re.split(f"({_TOKEN.pattern})", pattern)
    between = [piece.strip() for piece in pieces[2:-2:2]]
    inner = list(zip(pieces[1::2], pieces[3::2], between, strict=False))
    return any(not gap and (one in _SHORT or two in _SHORT) for one, two, gap in inner)


def converter(sources: Sequence[str], target: str) -> Converter:
    """A function from any of the source patterns to the target pattern.

    It raises ``Fault("mapping.not-a-date")``, or ``("mapping.date-too-coarse")`` where the
    source states less than the target needs.

    >>> converter(["yyyyMMddHHmm"], "HH:mm")("202601050130")
    '01:30'
    >>> converter(["yyyy/M/d"], "yyyyMMdd")("2020/1/5"), converter(["yyyyMMdd"], "yyyy/M/d")("20200105")
    ('20200105', '2020/1/5')
    >>> converter(["yyyy-MM-dd"], "yyyyMMdd")("2019 - 04 - 08")
    '20190408'
    """
    return _converter(tuple(sources), target)


@cache
def _converter(sources: tuple[str, ...], target: str) -> Converter:
    """One for the same patterns, whatever asks for it: so it remembers for all of them."""
    readers = [_reader(pattern) for pattern in sources]
    write = _TOKEN.sub(lambda found: f"{{{found[0]}}}", target)
    needed, shown = tokens(target), " | ".join(sources)

    @lru_cache(_DAYS)
    def found(text: str) -> str:
        parts = next((parts for read in readers if (parts := read(text))), None)
        if parts is None or not _is_real(parts):
            raise Fault("mapping.not-a-date", expected=shown)
        if not needed <= parts.keys():
            raise Fault("mapping.date-too-coarse", expected=target)
        return write.format_map(parts | _short(parts))

    def convert(text: str) -> str:
        if not isinstance(text, str):
            raise Fault("mapping.not-text")
        return found(text if text.__class__ is str else str(text))  # lxml's would keep its tree

    return convert


def _short(parts: dict[str, str]) -> dict[str, str]:
    return {name: str(int(parts[long])) for name, long in _SHORT.items() if long in parts}


def civil_day(text: str) -> date | None:
    """The day of a date in one of the usual shapes, None if it is none of them.

    >>> civil_day("202601050130")
    datetime.date(2026, 1, 5)
    """
    for pattern in _DAY_PATTERNS:
        parts = _reader(pattern)(text)
        if parts and _is_real(parts):
            return date(int(parts["yyyy"]), int(parts["MM"]), int(parts["dd"]))
    return None


def _reader(pattern: str) -> Callable[[str], dict[str, str] | None]:
    pieces = []
    for piece in re.split(f"({_TOKEN.pattern})", pattern):
        if piece in _WIDTHS:
            pieces.append(f"(?P<{piece}>[0-9]{{{_WIDTHS[piece]}}})")
        elif piece in _SHORT:
            pieces.append(f"(?P<{_SHORT[piece]}>[0-9]{{1,2}})")
        elif piece.strip():
            pieces.append(rf"\s*{re.escape(piece.strip())}\s*")
        elif piece:
            pieces.append(r"\s+")
    match = re.compile("".join(pieces)).fullmatch

    def read(text: str) -> dict[str, str] | None:
        found = match(text.strip())
        return {name: part.zfill(2) for name, part in found.groupdict().items()} if found else None

    return read


def _is_real(parts: dict[str, str]) -> bool:
    # A leap year stands in for a missing year, so that 02-29 alone is not refused.
    year, month, day = parts.get("yyyy", "2000"), parts.get("MM", "01"), parts.get("dd", "01")
    hour, minute, second = (int(parts.get(name, "0")) for name in ("HH", "mm", "ss"))
    try:
        date(int(year), int(month), int(day))
        time(hour, minute, second)
    except ValueError:
        return False
    return True
