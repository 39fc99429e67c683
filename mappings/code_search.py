"""A code looked up by a person: any spelling, whether it is in force, and what was probably meant.

Mapping files never come here: what they read is exact, a declared alias, or refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from mappings.codes import Code, CodeList, fold

MOST = 5
_NEAR = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up gave."""

    code: Code | None
    """None: no code has this spelling."""
    in_force: bool
    """On the day asked for; True where none was."""
    near: tuple[Code, ...]
    """Codes that look alike, where there is none; the successor of one that has ended."""


def look_up(known: CodeList, text: str, on: date | None = None) -> Found:
    """The code that ``text`` spells: the code itself, its Chinese or English name, an alias.

    >>> from mappings.codes import scheme
    >>> look_up(scheme("gb_t_2260"), "yuhuatai").code.code
    '320114'
    >>> [each.name_zh for each in look_up(scheme("gb_t_2260"), "溧水").near]
    ['溧水区', '溧水县']
    >>> look_up(scheme("gb_t_2260"), "320103", date(2026, 1, 5)).in_force
    False
    """
    code = _exact(known, text)
    if code is None:
        return Found(None, False, tuple(_alike(known, text)))
    if on is None or code.stands_on(on):
        return Found(code, True, ())
    after = known.codes.get(code.successor)
    return Found(code, False, (after,) if after else ())


def _exact(known: CodeList, text: str) -> Code | None:
    code = known.spellings.get(text) or known.spellings.get(fold(text))
    if code is not None:
        return known.codes[code]
    english = [each for each in known.codes.values() if fold(each.name_en) == fold(text)]
    return english[0] if len(english) == 1 else None


def _alike(known: CodeList, text: str) -> list[Code]:
    """Those that hold the text or are held by it come first, then those that are spelt nearly so."""
    wanted = fold(text)
    if not wanted:
        return []
    spelt = dict(_spellings(known.codes.values()))
    inside = [each for each in spelt if wanted in each or (len(each) > 1 and each in wanted)]
    near = get_close_matches(wanted, spelt, MOST, _NEAR)
    found = dict.fromkeys(spelt[each] for each in [*inside, *near])
    return [known.codes[code] for code in list(found)[:MOST]]


def _spellings(codes: Iterable[Code]) -> Iterator[tuple[str, str]]:
    for each in codes:
        for spelling in (each.code, each.name_zh, each.name_en, *each.aliases):
            yield fold(spelling), each.code
