"""What the buildings of the report of joint acceptance come to together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from matters.acceptance_standing import OPINION
from zhida.acceptance_rules import Rules

Told = Mapping[str, Any]
"""One building as the report has it."""


def waited(rules: Rules, found: Sequence[Told]) -> list[dict[str, Any]]:
    """Hours on the critical path and hours in hand, by role, the longest first."""
    path: Counter[str] = Counter()
    hands: Counter[str] = Counter()
    for each in found:
        hands.update(each["hands"])
        for leg in each["path"]:
            path.update(leg["waits"])
    return [
        {
            "role": role,
            "title": title_of(rules, role),
            "path_hours": path[role],
            "hands_hours": hands[role],
        }
        for role in sorted(hands, key=lambda role: (-path[role], -hands[role], role))
    ]


def title_of(rules: Rules, role: str) -> str:
    """A role, or what was waited for at one of them, in Chinese."""
    name, _, paused = role.partition("/")
    title = rules.procedure.roles.get(name, name)
    return f"{title}（{'检测' if paused == 'test' else '专家评审'}）" if paused else title


def last(rules: Rules, found: Sequence[Told]) -> list[dict[str, Any]]:
    """How often an item was the one that its stage waited for last."""
    counts = Counter(
        leg["item"] for each in found for leg in each["path"] if leg["item"] != OPINION
    )
    items = rules.procedure.items
    return [
        {"item": name, "title": items[name].title, "times": times_}
        for name, times_ in counts.most_common()
        if name in items
    ]


def saved(found: Sequence[Told]) -> dict[str, int]:
    """The papers of all buildings."""
    total: Counter[str] = Counter()
    for each in found:
        total.update(each["materials"])
    return dict(total)
