"""Read a YAML file that people edit: line numbers for everything, and none of YAML's traps.

Values that YAML would quietly turn into something else (``01``, ``no``, ``2019-04-08``,
``1e3``) are refused with the advice to quote them. Aliases, tags and repeated keys are refused:
a reviewer must see what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from exchange.errors import Invalid, Problem
from mappings import yaml_nodes
from mappings.yaml_nodes import MAPPING, SCALAR, SEQUENCE, Node

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset({"str", "int", "bool", "float", "null", "timestamp", "merge"})
_AMBIGUOUS = frozenset({"yes", "no", "on", "off"})


@dataclass(slots=True)
class YamlFile:
    """Plain data, the line of every place (by JSON Pointer), and what is wrong with the text."""

    data: Any = None
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    days: bool = False
    """A civil day stands without quotes (it comes as text), and ``on`` is a key."""
    _seen: set[int] = field(default_factory=set)

    def line(self, pointer: str) -> int:
        """The line of the place, or of the nearest place around it."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)

    def add(self, code: str, pointer: str, /, **facts: str | int) -> None:
        """Note a problem at a place."""
        self.problems.append(Problem(code, {"line": self.line(pointer), **facts}))


def refuse(problems: Iterable[Problem], file: str) -> None:
    """``Invalid`` with all of them, each with the name of its file, if there is any."""
    named = [Problem(each.code, {"file": file, **each.facts}) for each in problems]
    if named:
        raise Invalid.of(named)


def read_yaml(text: str, *, days: bool = False) -> YamlFile:
    """The file's content, or its problems (``mapping.yaml-…``, ``mapping.quote-it``).

    ``days``: for files that people write with many dates in them.

    >>> read_yaml("a: 01").problems[0].code
    'mapping.quote-it'
    >>> read_yaml('a: "01"').data
    {'a': '01'}
    >>> read_yaml("on: 2026-01-05", days=True).data
    {'on': '2026-01-05'}
    """
    found = YamlFile(days=days)
    try:
        node = yaml_nodes.compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        found.problems.append(Problem("mapping.yaml-syntax", {"line": line}))
        return found
    except (YAMLError, RecursionError):  # not one of YAML's characters, or nested without end
        found.problems.append(Problem("mapping.yaml-syntax", {"line": 1}))
        return found
    if node is not None:
        found.data = _plain(found, node, "")
    return found


def decode_problem(data: bytes) -> Problem | None:
    """What is wrong with a file's bytes if they are no UTF-8 (with or without a mark)."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return Problem("mapping.file-not-utf8", {"line": line})
    return None


def escape(segment: str) -> str:
    """One segment of a JSON Pointer (RFC 6901).

    >>> escape("a/b")
    'a~1b'
    """
    return segment.replace("~", "~0").replace("/", "~1")


def _plain(found: YamlFile, node: Node, at: str) -> Any:
    found.lines.setdefault(at, node.start_mark.line + 1)
    if getattr(node, "anchor", None) or id(node) in found._seen:
        found.add("mapping.yaml-alias", at)
        return None
    found._seen.add(id(node))
    if node.id == MAPPING:
        return _mapping(found, node, at)
    if node.id == SEQUENCE:
        return [_plain(found, item, f"{at}/{i}") for i, item in enumerate(node.value)]
    return _scalar(found, node, at)


def _mapping(found: YamlFile, node: Node, at: str) -> Mapping[str, Any]:
    data: dict[str, Any] = {}
    own = found.lines[at]
    for key_node, value_node in node.value:
        key = _key(found, key_node, at)
        place = f"{at}/{escape(key)}"
        found.lines[place] = key_node.start_mark.line + 1
        if key in data:
            found.add("mapping.yaml-repeated-key", place, key=key[:40])
        data[key] = _plain(found, value_node, place)
    found.lines[at] = own  # ``_key`` told the lines of bad keys there
    return data


def _key(found: YamlFile, node: Node, at: str) -> str:
    if node.id == SCALAR:
        found.lines[at] = node.start_mark.line + 1
        if found.days and node.value == "on":
            return "on"
        value = _scalar(found, node, at)
        if isinstance(value, str):
            return value
        if value is not None:
            found.add("mapping.quote-it", at, text=str(node.value)[:40])
    else:
        found.add("mapping.yaml-syntax", at)
    return str(node.value)[:40]


def _scalar(found: YamlFile, node: Node, at: str) -> str | int | bool | None:
    tag, text = str(node.tag).removeprefix(_TAG), str(node.value)
    if tag not in _PLAIN_TAGS:
        found.add("mapping.yaml-tag", at, tag=tag[:40])
        return None
    if not text.isascii() and _SURROGATE.search(text):
        found.add("mapping.yaml-syntax", at)
        return None
    if _is_text(node) or (found.days and _is_day(node)):
        return text
    if tag == "int" and _INTEGER.fullmatch(text):
        return int(text)
    if tag == "bool" and text in ("true", "false"):
        return text == "true"
    found.add("mapping.quote-it", at, text=text[:40] or "-")
    return None


def _is_text(node: Node) -> bool:
    """In quotes, or a word that no reader of YAML takes for yes or no."""
    quoted = not yaml_nodes.is_plain(node)
    return bool(node.tag == f"{_TAG}str") and (quoted or node.value.lower() not in _AMBIGUOUS)


def _is_day(node: Node) -> bool:
    return bool(node.tag == f"{_TAG}timestamp") and bool(_DAY.fullmatch(str(node.value)))
