"""``zhida system new``: asks, or takes flags, and writes a commented file."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import emit

_Setting = Annotated[
    list[str],
    typer.Option(
        "--set", help="路径=值，可多次，如 options.hub_user=900；列表、对象按 YAML 写 path=value"
    ),
]


def new(
    name: Annotated[str, typer.Argument(help="系统标识，也是文件名 its name")],
    adapter: Annotated[str, typer.Option(help="适配器，见 docs/reference/adapters.md")] = "",
    wire: Annotated[str, typer.Option(help="线路，适配器可选时填写 the wire")] = "",
    settings: _Setting = [],  # noqa: B006
    ask: Annotated[bool | None, typer.Option(help="逐项询问；缺省在终端中询问 ask")] = None,
    as_json: AsJson = False,
) -> None:
    """新建系统文件 (write the commented file of a new system, which passes the check).

    --set 可给出文件中的任何一项，如 unit=tax、title=金税系统、connection=tax；列表和对象按 YAML 写在单引号里，如
    --set 'options.operations.find.answer={success: [{at: /code, equals: "0"}]}'。
    写入 systems/ 之前先检查，有错则不写。
    """
    from zhida import system_new
    from zhida.environment import site_folder

    asking = sys.stdin.isatty() if ask is None else ask
    folder = site_folder()
    values = _begun(folder, name, {"adapter": adapter, "wire": wire}, settings, asking=asking)
    made = system_new.text(folder, values, _ask if asking else None)
    path = system_new.write(folder, name, made.text)
    after = system_new.next_steps(values)
    later = [str(problem.facts["name"]) for problem in made.later]
    if later:
        after += f"\n还没有的映射：{'、'.join(later)}（列名用 zhida system discover {name} 看）"
    told = {"system": name, "file": f"systems/{path.name}", "next": after, "later": later}
    emit(told, as_json=as_json, table=f"已写入 systems/{path.name}\n{after}")


def _begun(
    folder: Path, name: str, given: dict[str, str], settings: list[str], *, asking: bool
) -> dict[str, Any]:
    """Adapter and wire decide what else there is to say, so they come first."""
    from zhida import system_new, system_values, system_wire
    from zhida.hub import ADAPTERS, adapter_module

    system_new.check_name(name)
    adapter = given["adapter"] or (_choose("适配器", sorted(ADAPTERS)) if asking else "")
    if not adapter:
        system_values.refuse([("adapter",)])
    wires = system_wire.chosen(adapter_module(adapter))
    wire = given["wire"] or (_choose("线路", wires) if asking and wires else "")
    values: dict[str, Any] = {"system": name, "adapter": adapter}
    if wire:
        values["options"] = {"wire": wire}
    told = system_values.out_of(settings, system_new.schema(adapter, wire))
    system_new.check_settings(told, wire)
    values = _merged(values, told)
    if asking and "unit" not in values:
        values["unit"] = _choose("所属单位", sorted(system_new.units(folder)))
    # A shell can't export AIRFLOW_CONN_ with a Chinese name, so such a one is not proposed.
    return ({"connection": name} if name.isascii() else {}) | values


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Both; of what both say the second holds."""
    found = {**first, **second}
    for key in first.keys() & second.keys():
        if isinstance(first[key], Mapping) and isinstance(second[key], Mapping):
            found[key] = _merged(first[key], second[key])
    return found


def _choose(title: str, choices: list[str]) -> str:
    """Until it is one of them; a typo is answered with the nearest."""
    from exchange.names import nearest

    while True:
        told = str(typer.prompt(f"{title}（{'、'.join(choices)}）")).strip()
        if told in choices:
            return told
        typer.echo(f"没有 {told}，可用：{nearest(told, choices)}")


def _ask(path: str, about: Mapping[str, Any]) -> str:
    told = "。".join(each for each in (about.get("title"), about.get("description")) if each)
    return str(typer.prompt(f"{path}（{told}）" if told else path))
