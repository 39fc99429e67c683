"""``zhida finance openapi``: what a bank's programmers are given. ``zhida finance certificates``: by whose keys it calls."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, Marked, emit, local, show

_BANK = typer.Argument(help="银行的单位标识 the bank's unit")
_STATES = {
    "valid": "[green]有效[/]",
    "ending": "[yellow]将到期[/]",
    "not-yet": "[yellow]未生效[/]",
    "expired": "[red]已过期[/]",
    "withdrawn": "[red]已撤下[/]",
    "revoked": "[red]已吊销[/]",
    "waiting": "[yellow]等吊销列表[/]",
}
_FILE = typer.Option("-o", "--output", help="写入文件，不打印 write to a file")


def openapi(output: Annotated[Path | None, _FILE] = None, as_json: AsJson = False) -> None:
    """银行接口的 OpenAPI 3.1 说明，可直接生成客户端 (the bank's interface, for generators of clients)."""
    import json

    from zhida import files, finance_openapi

    told = finance_openapi.document()
    if output is None:
        emit(told, as_json=True)
        return
    files.write(output, json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n")
    emit({"file": str(output)}, as_json=as_json, table=f"已写入 {output}")


def certificates(bank: Annotated[str, _BANK], as_json: AsJson = False) -> None:
    """银行的证书：登记了哪些、何时到期、最近哪天用过、拒绝过什么 (its certificates; 1 if none can sign now)."""
    from zhida import finance_certificates
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = finance_certificates.of_bank(watch, bank)
    emit(found, as_json=as_json, table=_shown(found))
    if not any(each["state"] in ("valid", "ending") for each in found["signing"]):
        raise typer.Exit(EXIT_PROBLEM)


def _shown(found: dict[str, Any]) -> Any:
    from rich.console import Group

    dated = {"state_zh": "状态", "until": "到期", "last": "最近使用"}
    signing = [_row(each) | {"short": each["kid"][:12]} for each in found["signing"]]
    lines = [_row(each) | {"short": each["serial"][:12]} for each in found["connections"]]
    away = [{**each, "when": local(each["at"])} for each in found["refused"]]
    why = {"when": "时间", "client": "调用方", "reason": "为什么", "remedy": "怎么办"}
    return Group(
        show(signing, {"short": "公钥指纹", "suite": "算法"} | dated, title="签名证书"),
        show(lines, {"client": "调用方", "short": "序列号"} | dated, title="连接证书（用过的）"),
        show(away, why, title="门口拒绝的"),
    )


def _row(told: dict[str, Any]) -> dict[str, Any]:
    """Of its last use only the day is known: it is written down once a day."""
    last = local(told["last_used"])[:10] or "没有用过"
    more = {"until": local(told["valid_until"]), "last": last}
    return {**told, **more, "state_zh": Marked(_STATES.get(told["state"], ""))}
