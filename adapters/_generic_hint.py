"""What stood where the site's rules looked, told so that an engineer sees which pointer is wrong.

Facts go to logs, to the ledger and to phones, so they name nobody: of an answer they hold a code
where a rule compares with codes, the form of a value elsewhere (``mappings.masks``), and names of
members that can't be a person's name or number.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from adapters import _generic_place, _generic_rules
from adapters._generic_rules import Rules
from adapters._generic_unwrap import Unwrapped
from mappings import masks

MOST = 12
"""Places of the answer that are told."""
LONGEST = 300
"""Characters of one fact: it may go out as a text message."""
HIDDEN = "?"
"""Stands for the name of a member that may be a person's name or number."""
_NODES, _DEPTH, _PATH = 300, 8, 120
_NEAR = 0.6
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,8}")
_NAME = re.compile(r"(?!.*[0-9]{6})[@#]?[A-Za-z_][A-Za-z0-9_.-]{0,38}")


def facts(rules: Rules, found: Unwrapped) -> dict[str, str]:
    """``seen``: what stands at each place that a rule tests, and for one with nothing the place of
    the answer that is like it; ``places``: what else the answer has; ``unread``: where ``unwrap``
    found no text.

    >>> rules = {"success": [{"at": "/HEAD/CODE", "equals": 0}]}
    >>> told = facts(rules, Unwrapped({"RESP": {"HEAD": {"CODE": "0", "NAME": "张小直"}}}))
    >>> told["seen"], told["places"], told["unread"]
    ('/HEAD/CODE: - → /RESP/HEAD/CODE', '/RESP/HEAD/CODE, /RESP/HEAD/NAME', '-')
    """
    tests = [test for each in rules.values() for test in each]
    looked = list(dict.fromkeys(test["at"] for test in tests))
    there = [place for place, _ in places(found.value, looked)]
    missed = [test["at"] for test in tests if is_missed(test, found.value)]
    seen = [
        _seen([test for test in tests if test["at"] == at], found.value, there) for at in looked
    ]
    if not isinstance(found.value, Mapping | list | tuple) and "" not in looked:
        seen.insert(0, _cell("", form(found.value)))
    near = sorted(there, key=lambda place: _best(missed, place), reverse=True)
    unread = [_cell(at, form(value)) for at, value in found.idle]
    return {"seen": _joined(seen), "places": _joined(near), "unread": _joined(unread)}


def unreadable(rules: Rules, found: Unwrapped) -> dict[str, str]:
    """The same for an answer with a text that can't be read: what form it has."""
    at = found.unreadable or ""
    seen = _cell(at, form(_generic_place.get(found.value, at)))
    return facts(rules, found) | {"seen": seen[:LONGEST]}


def is_missed(test: Mapping[str, Any], answer: Any) -> bool:
    """It asks for something and nothing stands at its place, or more than one value does."""
    value = _generic_place.get(answer, test["at"])
    wanted = bool(test["at"]) and "absent" not in test and not _generic_rules.holds([test], answer)
    return wanted and (value is None or isinstance(value, Mapping | list | tuple))


def nearest(wanted: str, there: Iterable[str]) -> str:
    """The place that was probably meant, or empty: one with the same end, or one that looks alike.

    >>> nearest("/HEAD/code", ["/RESP/HEAD/CODE", "/RESP/BODY/CODE"]), nearest("/a", ["/xyz"])
    ('/RESP/HEAD/CODE', '')
    """
    found = max(there, key=lambda place: _likeness(wanted, place), default="")
    same, ratio = _likeness(wanted, found)
    return found if same or ratio >= _NEAR else ""


def places(answer: Any, looked: Iterable[str] = ()) -> Iterator[tuple[str, Any]]:
    """The leaves of an answer by their pointers, the shallow ones first; of a list its first member.

    Names that stand in the site's own rules (``looked``) are told whatever they look like.

    >>> [place for place, _ in places({"rows": [{"id": 1}], "320117202601050015": {"ok": 1}})]
    ['/?/ok', '/rows/0/id']
    """
    known = {part for at in looked for part in at.split("/")}
    waiting, told = deque([("", answer)]), set()
    for _ in range(_NODES):
        if not waiting:
            return
        path, node = waiting.popleft()
        children = list(_children(path, node, known))
        if children and path.count("/") < _DEPTH:
            waiting.extend(each for each in children if len(each[0]) <= _PATH)
        elif path and path not in told:
            told.add(path)
            yield path, node


def _children(path: str, node: Any, known: set[str]) -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping):
        for name, child in node.items():
            part = str(name).replace("~", "~0").replace("/", "~1")
            yield f"{path}/{part if part in known or _NAME.fullmatch(part) else HIDDEN}", child
    elif isinstance(node, list | tuple) and node:
        yield f"{path}/0", node[0]


def _seen(tests: Sequence[Mapping[str, Any]], answer: Any, there: Sequence[str]) -> str:
    """Of all tests at one place."""
    at = tests[0]["at"]
    value = _generic_place.get(answer, at)
    compared = all({"equals", "one_of"} & test.keys() for test in tests)
    near = nearest(at, there) if any(is_missed(test, answer) for test in tests) else ""
    cell = _cell(at, shown(value) if compared else form(value))
    return f"{cell} → {near}" if near else cell


def _cell(at: str, there: str) -> str:
    return f"{at}: {there}" if at else f'"": {there}'


def shown(value: Any) -> str:
    """A value where a rule compares with codes: itself if it looks like one, else its form.

    >>> shown("0000"), shown("张小直")
    ('0000', '汉×3')
    """
    told = _generic_rules.text(value)
    return told if told is not None and _CODE.fullmatch(told) else form(value)


def form(value: Any) -> str:
    """The form of a value, ``-`` for none.

    >>> form(None), form("张小直"), form({"a": 1}), form(b"x")
    ('-', '汉×3', 'object', 'bytes')
    """
    if value is None:
        return "-"
    if isinstance(value, Mapping | list | tuple):
        return "object" if isinstance(value, Mapping) else "list"
    if isinstance(value, bytes):
        return "bytes"
    return masks.mask(str(value) if isinstance(value, Decimal) else value)


def _best(missed: Sequence[str], place: str) -> tuple[int, float]:
    return max((_likeness(at, place) for at in missed), default=(0, 0.0))


def _likeness(wanted: str, place: str) -> tuple[int, float]:
    """How many names at the end are the same, in any case; then how alike the whole looks.

    What stands below the place (the text of an element with attributes) is most alike.
    """
    mine, theirs = wanted.casefold(), place.casefold()
    same = 0
    for one, other in zip(mine.split("/")[:0:-1], theirs.split("/")[:0:-1], strict=False):
        if one != other:
            break
        same += 1
    below = theirs.startswith(f"{mine}/")
    return same, 1.0 if below else SequenceMatcher(None, mine, theirs).ratio()


def _joined(told: Sequence[str]) -> str:
    """As many as fit."""
    text, left = "", list(told)
    while left and len(text) + len(left[0]) <= LONGEST and len(told) - len(left) < MOST:
        text += (", " if text else "") + left.pop(0)
    return (text or "-") if not left else f"{text}…"
