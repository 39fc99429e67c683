"""``zhida file get``: for consumers; it needs no site and no store."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from zhida.command_options import AsJson
from zhida.long_work import counting
from zhida.output import emit


def get(
    url: Annotated[str, typer.Argument(help="https://…/files/‹凭据编号› the file's address")],
    output: Annotated[Path, typer.Option("-o", "--output", help="写入的文件 file to write")],
    cert: Annotated[str, typer.Option(help="客户端证书 client certificate (PEM)")] = "",
    key: Annotated[str, typer.Option(help="其私钥 its key (PEM)")] = "",
    ca: Annotated[str, typer.Option(help="签发服务器证书的机构 the server's authority (PEM)")] = "",
    digest: Annotated[str, typer.Option(help="凭据中的摘要 sha256:… or sm3:… of the claim")] = "",
    as_json: AsJson = False,
) -> None:
    """从中枢取一个大文件，断了的接着取，取完核对摘要 (for consumers: needs no site).

    私钥口令写在环境变量 ZHIDA_GET_KEY_PASSWORD，令牌写在 ZHIDA_GET_TOKEN：命令行人人可见。
    """
    from connectors import tls
    from zhida import file_get

    token, password = (os.environ.get(f"ZHIDA_GET_{n}", "") for n in ("TOKEN", "KEY_PASSWORD"))
    secure = url.lower().startswith("https:")
    context = tls.client(ca=ca, cert=cert, key=key, password=password) if secure else None
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    wanted = file_get.Wanted(url, output, digest, headers, context)
    with counting("已取（字节）") as count:
        told = file_get.get(wanted, lambda here, _: count(here))
    text = f"[green]✓[/] {output}（{told['bytes']} 字节，摘要相符）"
    emit(told, as_json=as_json, table=text)
