"""What the rules wanted of an answer that fits none: the site's own values beside what stood there.

Facts go to logs and phones: what the site wrote in its rules is told, of the answer only a code or
the form of a value (``_generic_hint``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters import _generic_hint, _generic_place, _generic_rules
from adapters._generic_rules import Rules

_SIGNS = {"equals": "=", "one_of": "∈", "matches": "~"}


def facts(rules: Rules, answer: Any) -> dict[str, str]:
    """``wanted``: the tests that did not hold of the rules that would have said how far it came;
    ``place``: whether the rules are those of ``answer`` or of ``probe``.

    >>> facts({"success": [{"at": "/code", "equals": 200}]}, {"code": "0000"})
    {'wanted': 'success /code = 200 (0000)', 'place': 'answer'}
    """
    told = [
        f"{name} {', '.join(unmet)}"
        for name, tests in rules.items()
        if name in _generic_rules.AGREES and (unmet := list(_unmet(tests, answer)))
    ]
    place = "probe" if "there" in rules else "answer"
    return {"wanted": "; ".join(told)[: _generic_hint.LONGEST] or "-", "place": place}


def _unmet(tests: Any, answer: Any) -> Iterator[str]:
    for test in tests:
        if not _generic_rules.holds([test], answer):
            yield f"{test['at'] or '/'} {_wanted(test)} ({_stands(test, answer)})"


def _wanted(test: Mapping[str, Any]) -> str:
    name, value = next((key, told) for key, told in test.items() if key != "at")
    if name not in _SIGNS:
        return name
    words = "|".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{_SIGNS[name]} {words}"


def _stands(test: Mapping[str, Any], answer: Any) -> str:
    """A code where the rule compares with codes, else the form."""
    value = _generic_place.get(answer, test["at"])
    compared = {"equals", "one_of"} & test.keys()
    return _generic_hint.shown(value) if compared else _generic_hint.form(value)
