"""``zhida system call``: one operation of a system, rehearsed; a read may also be made for real.

A rehearsal makes the message with all its checks and sends nothing. A real read is
``zhida.system_read``'s. An effect is never made from here, for only a case has the effect key and
the receipt.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from exchange.errors import Fatal, Forbidden, Invalid, Problem
from exchange.names import nearest
from exchange.ports import Adapter, Answer, Endpoint, Operation, Prepared
from mappings.shape import Shape
from mappings.shapes import Shapes
from mappings.yaml_file import read_yaml, refuse
from matters import file_text
from zhida import files, system_wire
from zhida.hub import adapter_module
from zhida.masked_message import masked
from zhida.site import Site, System

EFFECT_KEY = "0" * 32
"""Of no effect, as long as a real one: a rehearsal's message carries it where a real one carries its key."""
MOST_BYTES = 10_000_000


def open_adapter(told: Site, system: System) -> Adapter:
    """The adapter; opening it sends nothing. A system without a connection can be rehearsed too."""
    system_wire.checked(told, system)
    try:
        endpoint = system_wire.endpoint(told, system)
    except Fatal as error:
        if error.code != "connection.missing":
            raise
        endpoint = Endpoint("http://rehearsal.invalid:80", site=told.folder)
    return cast("Adapter", adapter_module(system.adapter).open_system(system.options, endpoint))


def inputs(path: Path) -> dict[str, Any]:
    """Name of each input → its record, out of JSON or YAML. ``Invalid`` for anything else."""
    text = file_text.decode(files.read(path, MOST_BYTES), path.name)
    if text.lstrip().startswith("{"):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise Invalid("call.not-json", file=path.name) from None
    else:
        read = read_yaml(text)
        refuse(read.problems, path.name)
        found = read.data
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise Invalid("call.inputs", file=path.name)
    return found


def prepared(adapter: Adapter, name: str, given: Mapping[str, Any], known: Shapes) -> Prepared:
    """The message, made as for sending. ``Invalid`` with all that is wrong with the inputs.

    ``known``: the site's kinds of document.
    """
    operation = find(adapter, name)
    problems = [
        Problem("call.input-missing", {"operation": name, "input": each, "kind": kind})
        for each, kind in operation.needs.items()
        if each not in given
    ]
    problems += [
        Problem("call.input-unknown", {"input": each, "nearest": nearest(each, operation.needs)})
        for each in given
        if each not in operation.needs and not (operation.corrects and each == "root")
    ]
    for each, kind in operation.needs.items():
        if each in given and kind in known.kinds():
            problems += _shape_problems(known.find(kind), given[each])
    if problems:
        raise Invalid.of(problems)
    return adapter.prepare(name, given, EFFECT_KEY)


def find(adapter: Adapter, name: str) -> Operation:
    """The operation by its name; a typo is answered with the nearest."""
    known = adapter.operations
    if name not in known:
        raise Fatal("call.no-operation", operation=name, nearest=nearest(name, known))
    return known[name]


def refuse_effect(adapter: Adapter, name: str, *, rehearsal: bool) -> None:
    """``Forbidden`` for an operation that does something, unless it is only rehearsed."""
    if find(adapter, name).effect and not rehearsal:
        raise Forbidden("call.effect", operation=name)


def shown(message: Prepared) -> dict[str, Any]:
    """The message for a person: values masked."""
    told = {"operation": message.operation, "mapping_digest": message.mapping_digest}
    return told | {"message": masked(message.body)}


def headers(adapter: Adapter, message: Prepared) -> dict[str, Any]:
    """The HTTP headers of a rehearsed message, signature and all, as names and masks.

    Empty where the adapter or its wire can't tell them without a call.
    """
    if not hasattr(adapter, "headers"):
        return {}
    told = adapter.headers(message)
    found = {
        name: {key: _header(key, value) for key, value in each.items()}
        for name, each in told.items()
    }
    return {"headers": found} if found else {}


_PLAIN = ("accept", "content-type", "content-length")


def _header(name: str, value: str) -> Any:
    return value if name.lower() in _PLAIN else masked(value)


def answered(answer: Answer) -> dict[str, Any]:
    """An answer for a person: values masked."""
    told = {"reference": masked(answer.reference) if answer.reference else ""}
    told |= {"waiting": answer.waiting, "signed": bool(answer.signed)}
    return told | {"record": masked(answer.record or {}), "raw": masked(answer.raw)}


def _shape_problems(shape: Shape, record: Mapping[str, Any]) -> list[Problem]:
    """Wrong fields, not missing ones: what an agreement withholds is missing every day."""
    try:
        shape.validate(record)
    except Invalid as error:
        return [each for each in error.problems if each.code != "shape.missing"]
    return []
