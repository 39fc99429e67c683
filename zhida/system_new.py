"""``zhida system new``: the file of a new system, with a comment above each key, checked first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from connectors.connection_fields import EXTRA
from exchange.errors import Invalid, Problem
from exchange.names import nearest
from mappings.yaml_file import YamlFile
from matters import files
from zhida import commented_yaml, site_files, site_schemas, system_values, system_wire
from zhida import files as plain_files
from zhida.hub import adapter_module
from zhida.system_values import Ask


def units(folder: Path) -> dict[str, str]:
    """Name → title of the site's units, read on their own: the site may still lack a system."""
    found = [files.load(path, site_schemas.UNIT) for path in site_files.paths(folder, "units")]
    return {each["unit"]: each["title"] for each in found}


def schema(adapter: str, wire: str) -> Mapping[str, Any]:
    """The system file's schema with this adapter's options and this wire's settings."""
    return site_schemas.system_with(system_wire.with_wire(adapter_module(adapter), wire))


def text(folder: Path, values: dict[str, Any], ask: Ask | None) -> str:
    """The file's text for the site in ``folder``; asks for what is missing, or raises ``Invalid`` with all of it."""
    told = schema(values["adapter"], values.get("options", {}).get("wire", ""))
    told = {**told, "required": [*told["required"], "options"]} if _needs(told) else told
    if ask is None:
        system_values.refuse(system_values.missing(told, values))
    else:
        system_values.completed(told, values, ask)
    made = commented_yaml.written(told, values)
    found = files.parse(made, told, name=f"{values['system']}.yaml")
    _refuse_mistakes(folder, values, found)
    return made


def _refuse_mistakes(folder: Path, values: Mapping[str, Any], found: YamlFile) -> None:
    """What a schema can't tell, and the adapter can."""
    module = adapter_module(values["adapter"])
    if not hasattr(module, "mistakes"):
        return
    name = f"{values['system']}.yaml"
    problems = [
        Problem(p.code, {"file": name, "line": found.line(f"/options{at}"), **p.facts})
        for at, p in module.mistakes(values.get("options", {}), folder)
    ]
    if problems:
        raise Invalid.of(problems)


def _needs(told: Mapping[str, Any]) -> bool:
    return bool(told["properties"]["options"].get("required"))


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
    if not re.fullmatch(r"[^\W_][\w.-]*", name) or not unicodedata.is_normalized("NFC", name):
        raise Invalid("system.name", system=name[:40])


def check_unit(folder: Path, unit: str) -> None:
    """``Invalid`` with the nearest, for a unit that the site does not have."""
    known = units(folder)
    if unit not in known:
        facts = {"file": "systems/", "unit": unit, "nearest": nearest(unit, known)}
        raise Invalid("site.no-unit", **facts)


def next_steps(values: Mapping[str, Any]) -> str:
    """What is still to be done: the connection, whose secrets are in no file of the site."""
    module = adapter_module(values["adapter"])
    alias = values.get("options", {}).get("wire", "") or system_wire.declared(module)
    extra = "、".join(EXTRA.get(alias, {}))
    variable, name = values["connection"].upper(), values["system"]
    return (
        f"接着配置连接 {values['connection']}：设置环境变量 AIRFLOW_CONN_{variable}（JSON："
        f"host、port、login、password，extra 可含 {extra or '—'}），或在 Airflow 中建立同名连接；"
        f"然后运行 zhida system check {name}"
    )
