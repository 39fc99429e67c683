"""A unit's system by a plan that is shipped: ``plans/<name>.yaml``, at work by the pieces of ``generic``.

The operations stand in the adapter's module, because they mean the same in every district
(docs/adr/0016). The plan says how they go over the wire, in the generic adapter's own language
(docs/how-to/connect-a-system.md); so a site whose vendor's interface differs writes over it what is
different (``_unit_changes``). ``every`` holds what all operations have in common, ``agree`` the
fields of two documents that must be the same where both are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any

from adapters import _generic_plan
from adapters._generic_plan import Plan
from adapters._generic_system import Generic
from exchange import pointer
from exchange.errors import Invalid, Problem
from exchange.ports import Connector, Endpoint, Inputs, Operation, Prepared
from mappings.yaml_file import read_yaml, refuse

Told = Mapping[str, Any]


def told(name: str, changes: Told | None = None) -> Mapping[str, Told]:
    """The plan: operation → how it is done, with what the site says over it."""
    return {
        each: merged(own, (changes or {}).get(each, {})) for each, own in _shipped(name).items()
    }


@cache
def _shipped(name: str) -> Mapping[str, Told]:
    """As it is shipped, each operation with what all of them have."""
    text = (resources.files("adapters") / "plans" / f"{name}.yaml").read_text("utf-8")
    found = read_yaml(text)
    refuse(found.problems, f"{name}.yaml")
    every = found.data.get("every", {})
    return {each: merged(every, own) for each, own in found.data["operations"].items()}


def merged(common: Any, own: Any) -> Any:
    """``own`` over ``common``, member by member.

    >>> merged({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}, "d": [4]})
    {'a': {'b': 1, 'c': 3}, 'd': [4]}
    """
    if not (isinstance(common, Mapping) and isinstance(own, Mapping)):
        return own
    return {**common, **{name: merged(common.get(name), each) for name, each in own.items()}}


def settled(operations: Iterable[Operation], seconds: float) -> dict[str, Operation]:
    """The operations by name, with the site's time to settle (in seconds)."""
    settle = timedelta(seconds=seconds)
    return {each.name: replace(each, settle=settle) for each in operations}


class ByPlan(Generic):
    """Adapter over one wire and a shipped plan. Owns the wire. Thread-safe."""

    def __init__(
        self,
        plan: Mapping[str, Told],
        operations: Mapping[str, Operation],
        connector: Connector,
        endpoint: Endpoint,
    ) -> None:
        super().__init__(connector, _plans(plan, operations, endpoint))
        self._agree = {each: own.get("agree", ()) for each, own in plan.items()}

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The message and the question after it. ``Invalid`` with everything that is wrong."""
        problems = list(self.mistakes(operation, inputs))
        try:
            prepared = super().prepare(operation, inputs, effect_key)
        except Invalid as error:
            raise (Invalid.of([*problems, *error.problems]) if problems else error) from None
        if problems:
            raise Invalid.of(problems)
        return prepared

    def mistakes(self, operation: str, inputs: Inputs) -> Iterator[Problem]:
        """What no mapping can say of the documents: those that speak of different things."""
        for path, other in self._agree.get(operation, ()):
            one, another = pointer.get(inputs, path), pointer.get(inputs, other)
            if one is not None and another is not None and one != another:
                yield Problem("plan.disagree", {"path": path, "other": other})


def _plans(
    plan: Mapping[str, Told], operations: Mapping[str, Operation], endpoint: Endpoint
) -> dict[str, Plan]:
    """``Fatal`` for a mapping that can't be had."""
    made = {
        each: _generic_plan.plan(each, {"title": each, **p}, endpoint) for each, p in plan.items()
    }
    return {each: replace(one, operation=operations[each]) for each, one in made.items()}
