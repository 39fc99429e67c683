"""``zhida metrics``: every figure, for a monitoring system."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhida.command_options import AsJson
from zhida.output import emit


def metrics(
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="写到文件，写完才换上 into a file, whole or not at all"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """监控数字，Prometheus 文本格式 (figures in Prometheus' text format). 只读，不问任何对方。"""
    from zhida import files, metric
    from zhida import metrics as figures
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = figures.collect(watch)
    if out is not None:
        files.write(out, metric.text(found).encode())
        return
    emit(
        [each.told() for each in found] if as_json else metric.text(found).rstrip(),
        as_json=as_json,
        plain=True,
    )
