"""What Notepad, an input method and Excel do to a YAML file, named with its line and its cure.

Only asked once a file is found wrong: full-width punctuation is right in a Chinese title, and
wrong only where YAML wants its own. Quoted text and comments are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from exchange.errors import Problem

_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|(?:^|\s)#.*")
_KEY = re.compile(r"^\s*(?:- +)*[^\s:：“”‘’\"']{1,40}(：)")
_OPENING = re.compile(r"(?:^\s*-|: |:|\[|\{|,)\s*([“”‘’【（｛［])")
_CLOSING = re.compile(r"[\"'][^\"'“”‘’]*([”“’‘])\s*$")
_IN_FLOW = re.compile(r"[\[{][^\]}]*([，、])")
_LONGEST = 2_000
"""Nobody typed a longer line; these rules would take minutes for it."""
_PLAIN = dict(zip("：，、；“”‘’【】（）｛｝［］", ":,,,\"\"''[][]{}[]", strict=True))
_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,3}")
_CUT = re.compile(r"[1-9][0-9]{14}0+")


def find(text: str) -> Iterator[Problem]:
    """Damage by line: ``mapping.tab``, ``mapping.full-width``.

    >>> [(each.code, each.facts["line"]) for each in find('a: 1\\n\\tb: 2\\nunit：his')]
    [('mapping.tab', 2), ('mapping.full-width', 3)]
    >>> list(find('title: 出生“一件事”：专窗  # 注：可改'))
    []
    """
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > _LONGEST:
            continue
        bare = _QUOTED.sub(lambda found: "x" * len(found[0]), line)
        if "\t" in bare[: len(bare) - len(bare.lstrip())]:
            yield Problem("mapping.tab", {"line": number})
        sign = _sign(bare)
        if sign:
            yield Problem(
                "mapping.full-width", {"line": number, "sign": sign, "want": _PLAIN[sign]}
            )


def _sign(line: str) -> str:
    """The first sign of the line that stands where YAML's own should."""
    found = [
        each[1] for rule in (_KEY, _OPENING, _CLOSING, _IN_FLOW) if (each := rule.search(line))
    ]
    return found[0] if found else ""


def is_rounded(text: str) -> bool:
    """A long number as Excel leaves it: in powers of ten, or with zeros from the 16th digit on.

    >>> [is_rounded(each) for each in ("3.20117E+17", "320117202601050000", "320117202601050012")]
    [True, True, False]
    """
    return bool(_ROUNDED.fullmatch(text)) or (len(text) > 15 and bool(_CUT.fullmatch(text)))


def explained(text: str, problems: Sequence[Problem], *, whole: bool) -> list[Problem]:
    """The problems, with damage in place of what it brought about.

    ``whole``: if the text is no YAML, damage may stand anywhere and show itself a line later; else
    only the damage on a problem's own line is told.
    """
    whole = whole and any(each.code == "mapping.yaml-syntax" for each in problems)
    lines = {int(problem.facts.get("line", 0)) for problem in problems}
    hints = [each for each in find(text) if whole or each.facts["line"] in lines]
    near = {int(each.facts["line"]) for each in hints}
    if whole:
        near |= {line + 1 for line in near}
    told = [_rounded(each) for each in problems if int(each.facts.get("line", 0)) not in near]
    return in_order([*hints, *told])


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """By line."""
    return sorted(problems, key=lambda each: int(each.facts.get("line", 0)))


def _rounded(problem: Problem) -> Problem:
    """Quotes would not bring back the digits that Excel has taken."""
    if problem.code == "mapping.quote-it" and is_rounded(str(problem.facts.get("text", ""))):
        return Problem("mapping.rounded", {"line": problem.facts.get("line", 1)})
    return problem
