"""``zhida system discover``: what a system has to offer, to write its file and mappings by."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import emit, show

if TYPE_CHECKING:
    from connectors.discovery import Field, Found

_KINDS = {"operation": "操作", "table": "表", "file": "文件"}
_COLUMNS = {"kind": "种类", "named": "名称", "takes": "输入", "gives": "输出 · 列", "facts": "其他"}


def discover(
    name: Annotated[str, typer.Argument(help="系统标识 the system's name")],
    at: Annotated[
        str, typer.Option(help="看哪里：WSDL 或 OpenAPI 文件、/路径、表名、目录 what to look at")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """看一个系统提供什么 (operations of a WSDL or OpenAPI, columns of tables, files of folders).

    WSDL 只从站点的文件读取；OpenAPI 文档可以是站点的文件，也可以是对方服务器上以 / 开头的路径。
    只读；不显示任何一行数据。
    """
    from connectors import discovery
    from zhida import site, system_wire
    from zhida.environment import site_folder

    told = site.load(site_folder())
    system = told.system(name)
    system_wire.formed(system)
    wire = system_wire.of(system)
    endpoint = system_wire.endpoint(told, system)
    found = discovery.discover(wire.alias, wire.settings, endpoint, at)
    rows = [_row(each) for each in found]
    emit(
        [asdict(each) for each in found],
        as_json=as_json,
        table=show(rows, _COLUMNS, title=f"{name}（* 为必填）"),
    )


def _row(found: Found) -> dict[str, Any]:
    return {
        "kind": _KINDS[found.kind],
        "named": f"{found.name}\n{found.title}".strip(),
        "takes": _fields(found.takes),
        "gives": _fields(found.gives),
        "facts": "，".join(f"{key} {value}" for key, value in found.facts.items()),
    }


def _fields(fields: tuple[Field, ...]) -> str:
    """``*`` marks what is required."""
    return "\n".join(
        f"{each.path}{'*' if each.required else ''} {each.type} {each.title}".strip()
        for each in fields
    )
