"""Where a site's vendor differs from a shipped plan: what its system file says over it, and mistakes.

What an operation means (its name, documents, identity, what is done about a lost answer) stays ours;
how it goes over the wire is the site's to change, member by member, in the generic adapter's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from adapters import (
    _generic_mapping_mistakes,
    _generic_needs,
    _generic_rule_mistakes,
    _generic_wrap_mistakes,
    _kind_mistakes,
    _unit_plan,
)
from adapters._generic_options import OPERATION
from exchange.errors import Problem
from exchange.ports import Needed, Operation
from mappings import schema_rule
from mappings.yaml_file import escape

Mistake = tuple[str, Problem]
_WIRE = (
    "call", "mapping", "constants", "credentials", "effect_key", "effect_key_as", "wrap", "answer",
    "probe", "books",
)  # fmt: skip
"""What of an operation is about the wire."""
_OURS = ("agree", "line")
"""What of a plan only the adapters with a shipped plan know."""


def schema(operations: Iterable[Operation]) -> dict[str, Any]:
    """The option ``operations`` of an adapter with a shipped plan."""
    parts = {each.name: _part(each) for each in operations}
    return {
        "title": "与随附方案不同之处",
        "description": "按本单位系统的接口文档，只写与随附方案（安装目录 adapters/plans）不同的部分；"
        "写法同通用适配器的操作，对象逐项覆盖，列表整个替换。",
        "type": "object",
        "additionalProperties": False,
        "properties": parts,
        "default": {},
    }


def _part(operation: Operation) -> dict[str, Any]:
    about = f"{operation.title}：{'、'.join(_WIRE)}。"
    told = {"type": "object", "propertyNames": {"enum": list(_WIRE)}}
    return {"title": operation.title, "description": about, **told}


def mistakes(
    name: str, operations: Mapping[str, Operation], changes: Mapping[str, Any], site: Path | None
) -> list[Mistake]:
    """What a schema can't tell of the changed plan, each with its place in the options."""
    plan = _unit_plan.told(name, changes)
    changed = [(operations[each], plan[each]) for each in changes if each in plan]
    return [found for operation, told in changed for found in of_operation(operation, told, site)]


def needed(
    name: str, operations: Mapping[str, Operation], changes: Mapping[str, Any], site: Path | None
) -> Mapping[str, tuple[Needed, ...]]:
    """Operation → the fields that its request can't do without, if the changes are right."""
    plan = _unit_plan.told(name, changes)
    whole = {each: _as_a_site_writes_it(operations[each], told) for each, told in plan.items()}
    return _generic_needs.of_operations({"operations": whole}, site)


def of_operation(
    operation: Operation, told: Mapping[str, Any], site: Path | None
) -> Iterator[Mistake]:
    """By the rules of the generic adapter, except that an answer may mean done *or* stored here."""
    whole, at = _as_a_site_writes_it(operation, told), f"/operations/{escape(operation.name)}"
    wrong = False
    for error in schema_rule.validator(OPERATION).iter_errors(whole):
        wrong, path = True, at + "".join(f"/{escape(str(part))}" for part in error.instance_path)
        yield path, Problem("generic.options", {"path": path, "rule": error.kind.name})
    if wrong:
        return
    for rule in _generic_rule_mistakes.find(operation.name, whole, at):
        if rule[1].code != "generic.one-success":
            yield rule
    yield from _kind_mistakes.of_operation(operation.name, whole, at, site)
    yield from _generic_mapping_mistakes.find(operation.name, whole, at, site)
    yield from _generic_wrap_mistakes.find(operation.name, whole, at, site)


def _as_a_site_writes_it(operation: Operation, told: Mapping[str, Any]) -> dict[str, Any]:
    """With what stands in the adapter's module, and without what only these adapters know."""
    plan = {key: part for key, part in told.items() if key not in _OURS}
    own = {"title": operation.title, "needs": dict(operation.needs), "gives": operation.gives}
    own |= {"identity": list(operation.identity), "idempotence": operation.idempotence}
    if operation.revokes:
        own |= {"revokes": operation.revokes}
    return own | {"irreversible": operation.irreversible} | plan
