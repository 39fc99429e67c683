"""A YAML 1.2 text as nodes: by libyaml where both readers must agree, else by ruamel.yaml.

libyaml reads it in a twentieth of the time, which is felt in every command that reads a site. It keeps YAML 1.1's
rules, though: plain words get their tags by the table of 1.2, and what the versions read differently, what libyaml
refuses, and what is nested deeply is left to ruamel.yaml, whose word on mistakes people get to see.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.resolver import implicit_resolvers

DEEPEST = 100
"""Levels that libyaml's composer, which calls itself, is trusted with."""
_OTHERWISE = re.compile(
    "[&\t\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]"
    r"|^(%|---|\.\.\.)"
    r"|(^|[\s\[{,:])(!|[|>](?![-+]?\n +[^\s#]))",
    re.M,
)
"""Anchors, of which libyaml's nodes tell nothing; line breaks of one version only; tabs; directives and marks of
documents; tags; block scalars that do more than begin with text on the next line.
"""


class Node(Protocol):
    """What both readers' nodes have."""

    id: str
    """``MAPPING`` (value: pairs of nodes), ``SEQUENCE`` (value: nodes), or a scalar (value: its text)."""
    tag: Any
    value: Any
    start_mark: Any


MAPPING, SEQUENCE, SCALAR = "mapping", "sequence", "scalar"


def is_plain(node: Node) -> bool:
    """Does a scalar stand without quotes, on its own line?"""
    return not getattr(node, "style", None)


def compose(text: str) -> Node | None:
    """The root; None for an empty text. Raises ``ruamel.yaml.error.YAMLError`` and ``RecursionError``."""
    if yaml.__with_libyaml__ and not _OTHERWISE.search(text):
        try:
            root: Node | None = _Fast(text).get_single_node()
        except (yaml.YAMLError, _TooDeep):
            pass
        else:
            return root
    reader = YAML(typ="safe", pure=True)
    reader.composer.warn_double_anchors = False  # any anchor is refused by who reads the nodes
    slow: Node | None = reader.compose(text)
    return slow


class _TooDeep(Exception):
    """Nested deeper than ``DEEPEST``."""


def _table() -> dict[str, list[tuple[str, Any]]]:
    """First character → tags and the forms that have them, of YAML 1.2."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for versions, tag, form, first in implicit_resolvers:
        for sign in first if (1, 2) in versions else ():
            found.setdefault(sign, []).append((tag, form))
    return found


_Parser: Any = yaml.cyaml.CParser if yaml.__with_libyaml__ else object


class _Fast(_Parser, yaml.resolver.BaseResolver):  # type: ignore[misc]
    """libyaml's parser and composer, with the tags of YAML 1.2."""

    yaml_implicit_resolvers = _table()

    def __init__(self, text: str) -> None:
        _Parser.__init__(self, text)
        yaml.resolver.BaseResolver.__init__(self)
        self._depth = 0

    def descend_resolver(self, parent: Any, index: Any) -> None:
        """One level down."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise _TooDeep

    def ascend_resolver(self) -> None:
        """And up again."""
        self._depth -= 1
