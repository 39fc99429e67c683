"""The options of ``zhida matter new`` that are said as ``name=value``, each as often as it takes."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.errors import Fatal, Invalid, Problem
from exchange.names import nearest

SETTINGS = ("title", "lead", "purpose", "identity")
"""What ``--set`` may say."""


def pairs(told: Iterable[str], option: str) -> dict[str, str]:
    """``name=value`` of a repeated option; ``Fatal`` for what is none.

    >>> pairs(["birth=his.birth_record"], "item")
    {'birth': 'his.birth_record'}
    """
    found: dict[str, str] = {}
    for each in told:
        name, equals, value = (part.strip() for part in each.partition("="))
        if not name or not equals or not value or name in found:
            raise Fatal("matter.setting", option=option, setting=each[:40])
        found[name] = value
    return found


def settings(told: Iterable[str]) -> dict[str, str]:
    """What ``--set`` says: each of the ``SETTINGS`` once."""
    found = pairs(told, "set")
    wrong = [
        Problem(
            "matter.no-choice", {"option": "set", "value": key, "nearest": nearest(key, SETTINGS)}
        )
        for key in found
        if key not in SETTINGS
    ]
    if wrong:
        raise Invalid.of(wrong)
    return found


def lists(told: Iterable[str], option: str) -> dict[str, tuple[str, ...]]:
    """``name=other,another`` of a repeated option."""
    found = pairs(told, option)
    return {
        name: tuple(each.strip() for each in value.split(",") if each.strip())
        for name, value in found.items()
    }
