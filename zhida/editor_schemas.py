"""A JSON Schema for each kind of file, whole: for editors that complete and check while one types.

The very declarations that the loader uses; the system file's is put together from all adapters
and wires, so an editor offers the options of the adapter that the file names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from exchange.errors import Fatal
from exchange.names import nearest
from mappings import parser, shape_file
from matters import fact_file, group_file, holiday_file
from matters.acceptance_schema import SCHEMA as ACCEPTANCE
from matters.core_list_schema import SCHEMA as CORE_LIST
from matters.finance_events_schema import SCHEMA as FINANCE_EVENTS
from matters.finance_schema import SCHEMA as FINANCE_CHECKS
from matters.mediation_lists_schema import SCHEMA as MEDIATION_LISTS
from matters.policy_schema import SCHEMA as POLICY
from matters.schema import SCHEMA as MATTER
from zhida import (
    baseline_schema,
    catalogue_schema,
    duty_schema,
    finance_schema,
    grants_schema,
    site_schemas,
    system_wire,
)
from zhida.hub import ADAPTERS, adapter_module
from zhida.outside_schema import SCHEMA as LEDGER
from zhida.serve_schema import SERVE
from zhida.sync_schema import SYNC

Schema = Mapping[str, Any]


def _system() -> Schema:
    chosen = [_when("adapter", alias, {"options": _options(alias)}) for alias in sorted(ADAPTERS)]
    known = {**site_schemas.SYSTEM["properties"]["adapter"], "enum": sorted(ADAPTERS)}
    properties = {**site_schemas.SYSTEM["properties"], "adapter": known}
    return {**site_schemas.SYSTEM, "properties": properties, "allOf": chosen}


def _options(alias: str) -> Schema:
    """An adapter's options; where the site chooses the wire, with the settings of each."""
    module = adapter_module(alias)
    wires = system_wire.chosen(module)
    told = {key: value for key, value in module.OPTIONS.items() if key != "$schema"}
    if not wires:
        return told
    settings = [_settings(module, wire) for wire in wires]
    named = {**told["properties"]["wire"], "enum": wires}
    return {**told, "properties": {**told["properties"], "wire": named}, "allOf": settings}


def _settings(module: ModuleType, wire: str) -> Schema:
    whole = system_wire.with_wire(module, wire)
    chosen = _when("wire", wire, {"settings": whole["properties"]["settings"]})
    needed = [key for key in whole["required"] if key == "settings"]
    return {**chosen, "then": {**chosen["then"], "required": needed}}


def _when(key: str, value: str, properties: Schema) -> Schema:
    """``properties`` hold if ``key`` is ``value``."""
    condition = {"properties": {key: {"const": value}}, "required": [key]}
    return {"if": condition, "then": {"properties": properties}}


KINDS: Mapping[str, Callable[[], Schema]] = {
    "site": lambda: site_schemas.SITE,
    "unit": lambda: site_schemas.UNIT,
    "system": _system,
    "agreement": lambda: site_schemas.AGREEMENT,
    "grants": lambda: grants_schema.SCHEMA,
    "catalogue": lambda: catalogue_schema.SCHEMA,
    "baseline": lambda: baseline_schema.SCHEMA,
    "duty": lambda: duty_schema.SCHEMA,
    "operator": lambda: site_schemas.OPERATOR,
    "serve": lambda: SERVE,
    "ledger": lambda: LEDGER,
    "matter": lambda: MATTER,
    "document": shape_file.file_schema,
    "mapping": parser.file_schema,
    "holidays": lambda: holiday_file.SCHEMA,
    "policy": lambda: POLICY,
    "policy-groups": lambda: group_file.SCHEMA,
    "facts": lambda: fact_file.SCHEMA,
    "mediation-lists": lambda: MEDIATION_LISTS,
    "acceptance": lambda: ACCEPTANCE,
    "finance-checks": lambda: FINANCE_CHECKS,
    "finance-events": lambda: FINANCE_EVENTS,
    "core-list": lambda: CORE_LIST,
    "finance": lambda: finance_schema.SCHEMA,
    "sync": lambda: SYNC,
}
"""Kind of file → its schema."""


def schema(kind: str) -> Schema:
    """The schema of a kind of file; a typo is answered with the nearest name."""
    if kind not in KINDS:
        raise Fatal("site.no-file-kind", kind=kind, nearest=nearest(kind, KINDS))
    return KINDS[kind]()
