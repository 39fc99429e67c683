"""The shape of a policy's criteria: what is left when numbers, clauses and parameters are taken away.

Two policies of one shape are one policy with two tables of numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from matters.criteria import Node, Test
from matters.policy import Policy

Shape = tuple[object, ...]


def shape(node: Node) -> Shape:
    """Words, terms and facts of the tree; the order of parts is no difference."""
    if isinstance(node, Test):
        return (node.word, node.term.word, *node.term.facts)
    parts = sorted((shape(part) for part in node.parts), key=repr)
    return (node.word, *parts)


def alike(policies: Iterable[Policy]) -> Iterator[tuple[str, str]]:
    """Pairs of policies of which versions have one shape."""
    found: dict[Shape, set[str]] = defaultdict(set)
    for policy in policies:
        for version in policy.versions:
            found[shape(version.criteria)].add(policy.name)
    for names in found.values():
        yield from combinations(sorted(names), 2)
