"""A policy holds anew from a day on: its last version once more, under a new name and from that day.

The old version stays, to the letter, and ends on the day before: what was decided under it is
decided under it for ever. Only text is moved here; the file keeps its comments.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from exchange.errors import Fatal
from mappings.yaml_file import escape
from zhida import yaml_leaves

_KEY = re.compile(r"^( +)([\"']?)([^\"':#]+)\2:\s*(#.*)?$")
_LINE = re.compile(r"^ +(since|until):")


def renewed(text: str, name: str, since: date) -> str:
    """The policy's file with one version more, ``name``, from ``since`` on.

    ``Fatal`` where the file has it already, begins later, or is not written one key a line.
    """
    lines = text.split("\n")
    blocks = _blocks(lines)
    if not blocks or name in blocks:
        raise Fatal("policy.renew", name=name[:60], versions="、".join(blocks) or "-")
    last = max(blocks, key=lambda each: _since(text, each))
    if _since(text, last) >= since:
        raise Fatal("policy.renew-earlier", version=last, since=_since(text, last).isoformat())
    start, end = blocks[last]
    indent = len(lines[start + 1]) - len(lines[start + 1].lstrip())
    old = _with_day(lines[start:end], "until", since - timedelta(days=1), indent)
    new = [_head(lines[start], name), *_without(lines[start + 1 : end], "until")]
    new = _with_day(new, "since", since, indent)
    return "\n".join([*lines[:start], *old, *new, *lines[end:]])


def _since(text: str, version: str) -> date:
    wanted = f"/versions/{escape(version)}/since"
    found = next(leaf.text for leaf in yaml_leaves.leaves(text) if leaf.pointer == wanted)
    return date.fromisoformat(found)


def _blocks(lines: list[str]) -> dict[str, tuple[int, int]]:
    """Version → the lines of its block, first and one after the last."""
    try:
        top = next(i for i, line in enumerate(lines) if line.startswith("versions:"))
    except StopIteration:
        return {}
    inside = [i for i in range(top + 1, len(lines)) if lines[i].strip() and lines[i][0] != "#"]
    end = next((i for i in inside if not lines[i].startswith(" ")), len(lines))
    heads = [(i, _KEY.match(lines[i])) for i in inside if i < end]
    depth = min((len(found[1]) for _, found in heads if found), default=0)
    starts = [(i, found[3].strip()) for i, found in heads if found and len(found[1]) == depth]
    if not starts:
        return {}
    last = max((i for i in inside if i < end), default=top) + 1
    ends = [*(i for i, _ in starts[1:]), last]
    return {name: (i, stop) for (i, name), stop in zip(starts, ends, strict=True)}


def _head(line: str, name: str) -> str:
    return f'{line[: len(line) - len(line.lstrip())]}"{name}":'


def _with_day(block: list[str], word: str, day: date, indent: int) -> list[str]:
    """The block with that day, in place of the one it has or after ``since``."""
    told = f"{' ' * indent}{word}: {day.isoformat()}"
    places = [i for i, line in enumerate(block) if line.startswith(f"{' ' * indent}{word}:")]
    if places:
        return [told if i == places[0] else line for i, line in enumerate(block)]
    after = next(i for i, line in enumerate(block) if _LINE.match(line))
    return [*block[: after + 1], told, *block[after + 1 :]]


def _without(block: list[str], word: str) -> list[str]:
    indent = len(block[0]) - len(block[0].lstrip())
    return [line for line in block if not line.startswith(f"{' ' * indent}{word}:")]
