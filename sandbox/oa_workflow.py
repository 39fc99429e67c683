"""What a workflow of the OA is made of: the form's fields, and the nodes that a request passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HUB = 900
"""The account under which the hub takes part."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a form; ``options`` = the texts of a selection, by stored value."""

    name: str
    label: str
    options: Mapping[str, str] | None = None
    filled: str = ""
    """What the OA writes itself, whoever says what: the creator's ``department``, a ``number``."""


@dataclass(frozen=True, slots=True)
class Node:
    """One step; ``actor`` = who gets it: a user, ``creator``, a ``field:…`` or nobody."""

    id: int
    name: str
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Workflow:
    """One kind of request."""

    id: int
    name: str
    table: str
    creators: frozenset[int]
    columns: tuple[Column, ...]
    nodes: tuple[Node, ...]
    back_to: int = 0
    """The place of the node to which a request goes that is sent back."""

    def column(self, name: str) -> Column | None:
        """The field of that name."""
        return next((column for column in self.columns if column.name == name), None)
