"""``zhida finance openapi``: what a bank's programmers are given."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhida.command_options import AsJson
from zhida.output import emit

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
