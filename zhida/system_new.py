"""``zhida system new``: the file of a new system, with a comment above each key, checked first."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from connectors.connection_fields import EXTRA, STANDARD, connection_type
from exchange.errors import Fatal, Invalid, Problem
from exchange.names import nearest
from exchange.problems import describe
from matters import files
from zhida import (
    commented_yaml,
    site_files,
    site_schemas,
    system_values,
    system_wire,
)
from zhida import files as plain_files
from zhida.hub import adapter_module
from zhida.system_values import Ask

_LATER = "mapping.no-such-mapping"
"""May be written when the columns of a stream are known (``zhida system discover``)."""
_LONGEST = 200
"""Bytes of a name that a file system still takes with an ending."""


def units(folder: Path) -> dict[str, str]:
    """Name → title of the site's units, read on their own: the site may still lack a system."""
    found = [files.load(path, site_schemas.UNIT) for path in site_files.paths(folder, "units")]
    return {each["unit"]: each["title"] for each in found}


def schema(adapter: str, wire: str) -> Mapping[str, Any]:
    """The system file's schema with this adapter's options and this wire's settings."""
    return site_schemas.system_with(system_wire.with_wire(adapter_module(adapter), wire))


@dataclass(frozen=True, slots=True)
class Made:
    """The file's text, and what it names and is still to be written."""

    text: str
    later: tuple[Problem, ...] = ()


def text(folder: Path, values: dict[str, Any], ask: Ask | None) -> Made:
    """The file's text for the site in ``folder``; asks for what is missing, or raises ``Invalid``
    with all that is missing and wrong. A stream's mapping may be written later.
    """
    told = schema(values["adapter"], values.get("options", {}).get("wire", ""))
    told = {**told, "required": [*told["required"], "options"]} if _needs(told) else told
    missing: list[Problem] = []
    if ask is None:
        missing = system_values.needed(system_values.missing(told, values))
    else:
        system_values.completed(told, values, ask)
    problems = [*missing, *_no_unit(folder, values), *_no_wire(values)]
    if problems:
        raise Invalid.of(problems)
    made = commented_yaml.written(told, values)
    return Made(made, _checked(made, told, folder, adapter_module(values["adapter"])))


def _checked(
    made: str, told: Mapping[str, Any], folder: Path, module: ModuleType
) -> tuple[Problem, ...]:
    """What may come later. There is no file yet, so no problem names one, nor a line of it."""
    try:
        found = files.parse(made, told, name="")
    except Invalid as error:
        raise Invalid.of(map(_without_file, error.problems)) from None
    options = found.data.get("options", {})
    wrong = module.mistakes(options, folder) if hasattr(module, "mistakes") else []
    later = [p for at, p in wrong if at.startswith("/streams/") and p.code == _LATER]
    if len(later) < len(wrong):
        raise Invalid.of(p for at, p in wrong if p not in later)
    return tuple(later)


def _without_file(problem: Problem) -> Problem:
    facts = {key: value for key, value in problem.facts.items() if key not in ("file", "line")}
    if problem.code == "file.unknown-key":
        return Problem("system.wrong-key", facts)
    path = str(facts.get("path", "/")).strip("/").replace("/", ".")
    rule = facts.get("rule") or describe(problem.code, {**problem.facts, "file": ""})[0]
    return Problem("system.wrong", {"path": path, "rule": rule})


def _needs(told: Mapping[str, Any]) -> bool:
    return bool(told["properties"]["options"].get("required"))


def _no_wire(values: Mapping[str, Any]) -> list[Problem]:
    known = system_wire.chosen(adapter_module(values["adapter"]))
    wire = values.get("options", {}).get("wire")
    if not known or wire is None or wire in known:
        return []
    return [Problem("wire.no-such-wire", {"wire": wire, "nearest": nearest(wire, known)})]


def write(folder: Path, name: str, made: str) -> Path:
    """The new file; ``Invalid`` if there is one already."""
    path = folder / "systems" / f"{name}.yaml"
    if path.exists() or name in _names(folder):
        raise Invalid("system.exists", system=name)
    path.parent.mkdir(exist_ok=True)
    plain_files.write(path, made.encode())
    return path


def _names(folder: Path) -> set[str]:
    """Of the systems that are there, whatever their files are called."""
    found: set[str] = set()
    for path in site_files.paths(folder, "systems"):
        with suppress(Invalid):  # told by zhida check
            found.add(files.load(path, site_schemas.SYSTEM)["system"])
    return found


def check_name(name: str) -> None:
    """``Invalid`` for a name that would lead out of the folder or hide the file."""
    is_name = re.fullmatch(r"[^\W_][\w.-]*", name) and unicodedata.is_normalized("NFC", name)
    if not is_name or len(name.encode()) > _LONGEST:
        raise Invalid("system.name", system=name[:40])


def check_settings(told: Mapping[str, Any], wire: str) -> None:
    """``Fatal`` for what the command has said already: name and adapter were checked there."""
    for key in ("system", "adapter"):
        if key in told:
            raise Fatal("system.said", setting=key)
    if wire and told.get("options", {}).get("wire", wire) != wire:
        raise Fatal("system.said", setting="options.wire")


def _no_unit(folder: Path, values: Mapping[str, Any]) -> list[Problem]:
    """With the nearest, for a unit that the site does not have."""
    known, unit = units(folder), values.get("unit")
    if unit is None or unit in known:
        return []
    facts = {"file": "systems/", "unit": unit, "nearest": nearest(unit, known)}
    return [Problem("site.no-unit", facts)]


def next_steps(values: Mapping[str, Any]) -> str:
    """What is still to be done: the connection, whose secrets are in no file of the site."""
    module = adapter_module(values["adapter"])
    alias = values.get("options", {}).get("wire", "") or system_wire.declared(module)
    extra = "、".join(EXTRA.get(alias, {}))
    more = f"（用到时加 extra，可含 {extra}）" if extra else ""
    return (
        f"接着配置连接 {values['connection']}，照此改写{more}，或在 Airflow 中建立同名连接：\n"
        f"  {connection_line(values['connection'], alias)}\n"
        f"然后运行 zhida system check {values['system']}"
    )


def connection_line(connection: str, alias: str) -> str:
    """A line for the shell, with every field that the wire uses.

    >>> connection_line("drop", "files")
    'export AIRFLOW_CONN_DROP=\'{"conn_type": "zhida_files", "host": "目录的绝对路径"}\''
    """
    alias = "rest" if alias == "soap" else alias
    fields: dict[str, Any] = {"conn_type": connection_type(alias)}
    fields |= {name: 0 if name == "port" else title for name, title in STANDARD[alias].items()}
    text = json.dumps(fields, ensure_ascii=False).replace('"port": 0', '"port": 端口')
    return f"export AIRFLOW_CONN_{connection.upper()}='{text}'"
