"""Change single values of a YAML file and leave every other byte of it, comments above all.

For files whose keys stand at the beginning of their lines. What does not go so (a file in braces)
is written anew, and it is told how many comments that costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mappings.yaml_file import escape, read_yaml
from zhida.commented_yaml import scalar, written


@dataclass(frozen=True, slots=True)
class Edited:
    """The new text, and how many comments it lost."""

    text: str
    lost: int = 0


def edited(text: str, values: Mapping[str, Any], schema: Mapping[str, Any]) -> Edited:
    """``text`` with these ``values`` for its keys, all others gone.

    >>> edited("a: 1  # one\\n# two\\nb: 2\\n", {"a": 3, "b": 2}, {}).text
    'a: 3  # one\\n# two\\nb: 2\\n'
    """
    found = read_yaml(text.removeprefix("\ufeff"))
    if not found.problems and found.data == values:
        return Edited(text)
    end = "\r\n" if "\r\n" in text else "\n"
    if not found.problems and isinstance(found.data, Mapping):
        lines = text.splitlines()
        starts = {key: found.lines[f"/{escape(key)}"] - 1 for key in found.data}
        made = end.join([*_changed(lines, starts, found.data, values), ""])
        if read_yaml(made.removeprefix("\ufeff")).data == values:
            return Edited(made, max(0, _comments(text) - _comments(made)))
    anew = written(schema, values).replace("\n", end)
    return Edited(anew, _comments(text))


def _changed(
    lines: list[str], starts: Mapping[str, int], old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[str]:
    """Block by block: as it was, changed, or left out; what is new stands at the end."""
    order = sorted(starts, key=starts.__getitem__)
    made = lines[: starts[order[0]]] if order else lines
    for key, after in zip(order, [*order[1:], ""], strict=True):
        block = lines[starts[key] : starts[after] if after else len(lines)]
        body, rest = _apart(block)
        if key not in new:
            made += rest
        elif new[key] == old[key]:
            made += block
        else:
            made += [*_block(key, new[key], body), *rest]
    return made + [line for key in new if key not in old for line in _block(key, new[key], [])]


def _apart(block: list[str]) -> tuple[list[str], list[str]]:
    """A block, and the blank lines and comments at its end: they are about what comes next."""
    size = len(block)
    while size > 1 and (not block[size - 1].strip() or block[size - 1].startswith("#")):
        size -= 1
    return block[:size], block[size:]


def _block(key: str, value: Any, was: list[str]) -> list[str]:
    tail = _tail(was[0]) if was else ""
    if not isinstance(value, list) or not value or _is_flow(was):
        return [f"{scalar(key)}: {scalar(value)}{tail}"]
    return [f"{scalar(key)}:{tail}", *_items(value, was[1:])]


def _items(values: list[Any], was: list[str]) -> list[str]:
    """One a line; an item that was there keeps its line, and the comments above it."""
    known: dict[str, list[str]] = {}
    above: list[str] = []
    for line in was:
        above.append(line)
        if line.lstrip().startswith("- "):
            known.setdefault(_item(line), above)
            above = []
    dash = next((line[: line.index("-")] for line in was if line.lstrip().startswith("- ")), "  ")
    made: list[str] = []
    for value in values:
        made += known.get(str(value), [f"{dash}- {scalar(value)}"])
    return made + above


def _item(line: str) -> str:
    """What stands behind the dash, read as YAML."""
    data = read_yaml(line.strip()).data
    return str(data[0]) if isinstance(data, list) and data else line


def _is_flow(was: list[str]) -> bool:
    return bool(was) and was[0].partition(":")[2].lstrip().startswith(("[", "{"))


def _tail(line: str) -> str:
    """The comment at the end of a line, with the space before it. A ``#`` within quotes is none."""
    quote = ""
    for place, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "#" and line[place - 1 : place].isspace():
            before = line[:place].rstrip()
            return line[len(before) :]
    return ""


def _comments(text: str) -> int:
    return sum(1 for line in text.splitlines() if line.lstrip().startswith("#") or _tail(line))
