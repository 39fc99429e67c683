"""The single values of a YAML file by their places, and single ones replaced where they stand.

Nothing else of the text is touched: not a comment, not a space, not a line end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from mappings.yaml_file import escape, read_yaml
from zhida.commented_yaml import scalar


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value: its JSON Pointer, its line, what it says, and where in the text it stands."""

    pointer: str
    line: int
    text: str
    start: int
    end: int
    is_text: bool
    is_block: bool
    """Written over several lines (``|``, ``>``): such a one is not replaced."""


def leaves(text: str) -> list[Leaf]:
    """Every value of a file that ``read_yaml`` has found right, in the file's order.

    >>> [(leaf.pointer, leaf.text) for leaf in leaves('a: [x, "01"]\\nb: {c: 3}')]
    [('/a/0', 'x'), ('/a/1', '01'), ('/b/c', '3')]
    """
    node = YAML(typ="safe", pure=True).compose(text)
    return [] if node is None else list(_below(node, ""))


def replaced(text: str, values: Mapping[str, str]) -> str:
    """The text with these values at their places, from the last to the first.

    >>> replaced("a: x  # kept\\nb: 1\\n", {"/a": "no", "/b": "2"})
    'a: "no"  # kept\\nb: 2\\n'
    """
    for leaf in reversed(leaves(text)):
        if leaf.pointer in values:
            new = values[leaf.pointer]
            told = scalar(new) if leaf.is_text else new
            text = text[: leaf.start] + told + text[leaf.end :]
    return text


def may_become(leaf: Leaf, new: str) -> bool:
    """Is ``new`` of the same kind? A number stays one, true and false stay such, a text is free."""
    if leaf.is_block:
        return False
    if leaf.is_text:
        return True
    before, after = (_value(each) for each in (leaf.text, new))
    return after is not None and type(after) is type(before)


def _value(text: str) -> Any:
    found = read_yaml(f"a: {text}", days=True)
    return None if found.problems or set(found.data) != {"a"} else found.data["a"]


def _below(node: Node, at: str) -> Iterator[Leaf]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _below(value, f"{at}/{escape(str(key.value))}")
    elif isinstance(node, SequenceNode):
        for place, value in enumerate(node.value):
            yield from _below(value, f"{at}/{place}")
    elif isinstance(node, ScalarNode):
        start, end = node.start_mark, node.end_mark
        yield Leaf(
            at,
            start.line + 1,
            str(node.value),
            start.index,
            end.index,
            is_text=str(node.tag).endswith(":str"),
            is_block=node.style in ("|", ">"),
        )
