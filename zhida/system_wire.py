"""Over which wire a system is spoken with, out of its adapter's declarations and its options.

An adapter that leaves the wire to the site (``WIRES``, ``CALLS``) is told by the option ``wire``, with the
wire's own settings in ``settings``. One with a WSDL speaks SOAP. Any other speaks HTTP, unless
its module says otherwise in ``WIRE``, or in ``wire(options)`` where that depends on the options.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from connectors import wires
from exchange.errors import Fatal
from exchange.ports import Endpoint, utc_now
from matters import files
from zhida import connections, site_schemas, system_file
from zhida.connections import Finder
from zhida.hub import adapter_module
from zhida.site import Site, System

_HTTP = ("rest", "soap")


@dataclass(frozen=True, slots=True)
class Wire:
    """A wire's alias, its settings with the defaults filled in, and the streams taken from it."""

    alias: str
    settings: Mapping[str, Any]
    streams: tuple[str, ...] = ()


def of(system: System) -> Wire:
    """The wire of a system whose file is right (``checked``)."""
    module, options = adapter_module(system.adapter), system.options
    streams = tuple(options.get("streams", ()) or options.get("receive", {}).get("streams", ()))
    if hasattr(module, "wire"):
        alias, settings = module.wire(options)
        schema = wires.call_options(wires.caller(alias))
        return Wire(alias, _completed(schema, settings), streams)
    if "wire" not in options:
        return Wire(declared(module), _completed(module.OPTIONS, options), streams)
    alias, settings = options["wire"], options.get("settings", {})
    return Wire(alias, _completed(_settings(module, alias) or {}, settings), streams)


def declared(module: ModuleType) -> str:
    """The wire of an adapter that has but one.

    >>> declared(adapter_module("oa")), declared(adapter_module("hospital"))
    ('soap', 'rest')
    """
    with_contract = "wsdl" in module.OPTIONS.get("properties", {})
    return str(getattr(module, "WIRE", "soap" if with_contract else "rest"))


def chosen(module: ModuleType) -> list[str]:
    """The wires among which a site chooses; none for an adapter that has but one."""
    return sorted({*getattr(module, "WIRES", ()), *getattr(module, "CALLS", ())})


def checked(told: Site, system: System) -> None:
    """Its file under the schemas of its adapter and its wire; ``Invalid`` with every mistake."""
    formed(system)
    system_file.check(system, adapter_module(system.adapter), told.folder)


def formed(system: System) -> None:
    """The same as far as the wire goes: the mappings that it names may be written later."""
    schema = with_wire(adapter_module(system.adapter), system.options.get("wire", ""))
    files.load(system.path, site_schemas.system_with(schema))


def with_wire(module: ModuleType, alias: str) -> Mapping[str, Any]:
    """An adapter's options; where the site chooses the wire, that wire's settings in place."""
    options: Mapping[str, Any] = module.OPTIONS
    known = _settings(module, alias)
    if known is None:
        return options
    settings = {key: value for key, value in known.items() if key != "$schema"}
    needed = ["settings"] if {"required", "oneOf"} & known.keys() else []
    properties = {**options["properties"], "settings": settings}
    return {**options, "properties": properties, "required": [*options["required"], *needed]}


def _settings(module: ModuleType, alias: str) -> Mapping[str, Any] | None:
    """What the wire declares, for being called or for being read from."""
    if alias in getattr(module, "CALLS", ()):
        return wires.call_options(wires.caller(alias))
    found: Mapping[str, Any] | None = None
    if alias in getattr(module, "WIRES", ()):
        found = wires.wire(alias).OPTIONS
    return found


def endpoint(told: Site, system: System, find: Finder = connections.from_environment) -> Endpoint:
    """Where it is and how to log in. ``Fatal`` for an address of HTTP that does not say which."""
    found = _endpoint(told, system, find)
    if "://" not in found.address and of(system).alias in _HTTP:
        raise Fatal("connection.no-schema", connection=system.connection)
    return found


def _endpoint(told: Site, system: System, find: Finder) -> Endpoint:
    return connections.endpoint(system.connection, find=find, folder=told.folder, clock=utc_now)


def _completed(schema: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties", {}).items()
    defaults = {name: about["default"] for name, about in properties if "default" in about}
    return defaults | dict(options)
