"""A system that no adapter knows, connected by its system file alone.

Which wire, what can be done, how a message is made and how its answer is read: all of it is told
in YAML (docs/how-to/connect-a-system.md), checked before anything is sent. An answer is success
only by the site's own rule; whatever no rule names is *unknown*, and is asked after.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema_rs

from adapters import (
    _endpoint,
    _feed_options,
    _feed_source,
    _generic_mistakes,
    _generic_needs,
    _generic_plan,
)
from adapters._feed_source import FeedSource
from adapters._generic_mistakes import mistakes
from adapters._generic_options import OPTIONS
from adapters._generic_system import Generic, Receiving
from adapters._kind_mistakes import kinds_of_streams
from connectors import wires
from connectors.wires import CALLS
from exchange.errors import Fatal, ZhidaError
from exchange.ports import Endpoint, Needed, Operation
from mappings import schema_rule

__all__ = ["CALLS", "OPTIONS", "Generic", "Receiving", "declared", "mistakes", "open_system"]


def streams(options: Mapping[str, Any]) -> Mapping[str, str]:
    """Stream → the kind of document that its messages give."""
    return kinds_of_streams(options.get("receive", {}).get("streams", {}))


def needed(options: Mapping[str, Any], site: Path | None) -> Mapping[str, tuple[Needed, ...]]:
    """Operation → the fields that its request can't do without, if the options are right."""
    return _generic_needs.of_operations(options, site)


def requests(options: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Operation → the mappings that make its request and its probe, if the options are right."""
    return _generic_needs.mappings_of(options)


def declared(options: Mapping[str, Any]) -> Mapping[str, Operation]:
    """The operations that a system file describes. ``Fatal`` for options that are none."""
    for error in _validator().iter_errors(options):
        path = "".join(f"/{part}" for part in error.instance_path)
        raise Fatal("generic.options", path=path or "/", rule=schema_rule.told(error))
    found = list(_generic_mistakes.of_operations(options["operations"]))
    if found:
        raise Fatal(found[0][1].code, **found[0][1].facts)
    made = _generic_plan.operation
    return {name: made(name, told) for name, told in options["operations"].items()}


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(OPTIONS)


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Generic:
    """The system at ``endpoint`` as ``options`` (valid under ``OPTIONS``) describe it.

    ``Fatal`` for a wire, a setting, a mapping or a rule that can't be used (``mistakes`` tells
    them all). Nothing is sent.
    """
    found = mistakes(options, endpoint.site)
    if found:
        raise Fatal(found[0][1].code, **found[0][1].facts)
    made, operations = _generic_plan.plan, options["operations"]
    module, alias = wires.caller(options["wire"]), options["wire"]
    schema = wires.call_options(module)
    settings = _feed_options.settings(schema, options.get("settings", {}), alias)
    charset = settings.get("charset", "utf-8")
    plans = {name: made(name, told, endpoint, charset) for name, told in operations.items()}
    connector = module.open_connector(settings, endpoint)
    if "receive" not in options:
        return Generic(connector, plans)
    try:
        return Receiving(connector, plans, _source(module, options, endpoint))
    except ZhidaError:
        connector.close()
        raise


def _source(module: ModuleType, options: Mapping[str, Any], endpoint: Endpoint) -> FeedSource:
    told = _endpoint.completed(_feed_options.OPTIONS, options["receive"])
    settings = _feed_options.settings(module.OPTIONS, told["settings"], options["wire"])
    return _feed_source.opened(module.open_feed(settings, endpoint), told, endpoint.site)
