"""What a procedure asks of one building: which items, and which materials each of them needs.

A condition that looks at what nobody has stated does not spare anybody anything: the item is done and the
material asked for, and what would have to be stated is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from matters.acceptance_parts import Item, Material, Procedure
from matters.conditions import Fields
from matters.weighing import weigh


@dataclass(frozen=True)
class Plan:
    """A procedure, for one building."""

    procedure: Procedure
    fields: Fields
    """The project's leaves under ``/project``."""

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """All that must be done."""
        return {n: i for n, i in self.procedure.items.items() if not self._is_spared(i)}

    @cached_property
    def not_applicable(self) -> tuple[str, ...]:
        """Items of which it is certain that this building does not need them."""
        return tuple(name for name in self.procedure.items if name not in self.items)

    @cached_property
    def materials(self) -> Mapping[str, Material]:
        """All that is needed, by an item that must be done."""
        return {
            name: each
            for name, each in self.procedure.materials.items()
            if each.consumers & self.items.keys() and not self._is_spared(each)
        }

    @cached_property
    def of_item(self) -> Mapping[str, frozenset[str]]:
        """Item → the materials that it looks at."""
        return {
            item: frozenset(n for n, each in self.materials.items() if item in each.consumers)
            for item in self.items
        }

    @cached_property
    def asks(self) -> tuple[str, ...]:
        """Fields that would spare something if somebody stated them."""
        told: list[Item | Material] = [*self.procedure.items.values()]
        told += self.procedure.materials.values()
        found = (path for each in told for path in weigh(each.when, self.fields)[1])
        return tuple(dict.fromkeys(found))

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """In order; also those in which this building has no item."""
        return tuple(self.procedure.stages)

    def of_stage(self, stage: str) -> tuple[str, ...]:
        """Its items that must be done."""
        return tuple(name for name, each in self.items.items() if each.stage == stage)

    def touched(self, parts: frozenset[str], materials: frozenset[str]) -> frozenset[str]:
        """Items that are about one of these parts of the building, or look at one of these materials."""
        known = self.procedure.materials
        every = parts.union(*(known[name].parts for name in materials & known.keys()))
        return frozenset(
            name
            for name, item in self.items.items()
            if item.parts & every or self.of_item[name] & materials
        )

    def _is_spared(self, told: Item | Material) -> bool:
        return weigh(told.when, self.fields)[0] == "no"
