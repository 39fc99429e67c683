"""What is wrong with a system's options as a whole, after every line of them was found right by itself.

Each mistake comes with its place in the options (JSON Pointer), so that the loader of the site
tells the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from adapters import (
    _encoding_mistakes,
    _feed_options,
    _generic_key_mistakes,
    _generic_mapping_mistakes,
    _generic_needs,
    _generic_rule_mistakes,
    _generic_wrap_mistakes,
    _generic_written,
    _kind_mistakes,
)
from connectors import wires
from exchange.errors import Fact, Fatal, Problem
from exchange.names import nearest
from mappings.yaml_file import escape

Mistake = tuple[str, Problem]
Told = Mapping[str, Any]

WRITE_ONLY = frozenset({"tables", "files", "sftp", "ftps", "gate", "amqp"})
"""Wires on which nobody answers: that a message is written there is all that there is to know."""


def mistakes(options: Told, site: Path | None) -> list[Mistake]:
    """All of them; ``options`` have passed ``OPTIONS``. Empty: the system can be opened."""
    found = [*_wire(options), *of_operations(options["operations"])]
    for name, told in options["operations"].items():
        at = f"/operations/{escape(name)}"
        found += _kind_mistakes.of_operation(name, told, at, site)
        found += _generic_mapping_mistakes.find(name, told, at, site)
        found += _generic_wrap_mistakes.find(name, told, at, site)
        found += _generic_needs.unasked(name, told, f"{at}/mapping", site)
        found += _encoding_mistakes.of_operation(told, at)
        found += _generic_key_mistakes.find(name, told, at, site)
        if told["answer"].get("written") and options["wire"] not in WRITE_ONLY:
            facts: dict[str, Fact] = {"operation": name, "wire": options["wire"]}
            found.append((f"{at}/answer/written", Problem("generic.answers", facts)))
    streams = options.get("receive", {}).get("streams", {})
    found += _encoding_mistakes.of_streams(streams, "/receive/streams")
    return [*found, *_kind_mistakes.of_streams(streams, "/receive/streams", site)]


def of_operations(operations: Told) -> Iterator[Mistake]:
    """What can be told without the site and the wire."""
    for name, told in operations.items():
        at = f"/operations/{escape(name)}"
        yield from _identity(name, told, at)
        yield from _repeating(name, told, at)
        yield from _correcting(name, told, at, operations)
        yield from _generic_rule_mistakes.find(name, told, at)


def _wire(options: Told) -> Iterator[Mistake]:
    alias = options["wire"]
    try:
        module = wires.caller(alias)
        schema = wires.call_options(module)
        yield from _feed_options.problems(schema, options.get("settings", {}), alias)
        if "receive" in options:
            settings = options["receive"].get("settings", {})
            told = _feed_options.problems(wires.wire(alias).OPTIONS, settings, alias)
            yield from ((f"/receive{at}", problem) for at, problem in told)
    except Fatal as error:
        yield "/wire", Problem(error.code, error.facts)


def _identity(name: str, told: Told, at: str) -> Iterator[Mistake]:
    needs = told.get("needs", {})
    for key in ("identity", "occurrence", "asks"):
        for index, path in enumerate(told.get(key, ())):
            first = path.partition("/")[0]
            if first not in needs:
                near = nearest(first, needs)
                facts: dict[str, Fact] = {"operation": name, "path": path, "nearest": near}
                yield f"{at}/{key}/{index}", Problem("generic.identity", facts)
    if told.get("effect", True) and not told.get("identity"):
        yield at, Problem("generic.no-identity", {"operation": name})


def _repeating(name: str, told: Told, at: str) -> Iterator[Mistake]:
    if not told.get("effect", True):
        return
    how = told.get("idempotence", "")
    if not how:
        yield at, Problem("generic.no-idempotence", {"operation": name})
    if told.get("irreversible") and how not in ("probe", "none", ""):
        facts: dict[str, Fact] = {"operation": name, "idempotence": how}
        yield f"{at}/irreversible", Problem("generic.irreversible", facts)
    answer = told["answer"]
    waits = "stored" in answer or answer.get("written") == "stored"
    if "probe" not in told and (how == "probe" or waits):
        reason = "idempotence" if how == "probe" else "stored"
        yield at, Problem("generic.needs-probe", {"operation": name, "reason": reason})
    if how == "keyed" and not _generic_written.carries_key(told):
        yield f"{at}/idempotence", Problem("generic.needs-key", {"operation": name})


def _correcting(name: str, told: Told, at: str, operations: Told) -> Iterator[Mistake]:
    if "amends" in told and "revokes" in told:
        yield f"{at}/revokes", Problem("generic.amends-and-revokes", {"operation": name})
    for key in ("amends", "revokes"):
        root = told.get(key)
        if root is not None and root not in operations:
            near = nearest(root, operations)
            facts: dict[str, Fact] = {"operation": name, "root": root, "nearest": near}
            yield f"{at}/{key}", Problem("generic.no-root", facts)
