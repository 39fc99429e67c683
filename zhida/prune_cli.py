"""``zhida prune``: Airflow's old rows and logs, for a timer."""

from __future__ import annotations

from typing import Annotated

import typer

from zhida.command_options import AsJson
from zhida.output import emit, local


def prune(
    days: Annotated[int, typer.Option(min=7, help="保留几天 keep so many days")] = 30,
    dry: Annotated[bool, typer.Option("--dry-run", help="只说要清什么 only say what")] = False,
    as_json: AsJson = False,
) -> None:
    """清 Airflow 的旧运行记录和日志 (prune Airflow's old rows and logs)。办件、账本一条不动。"""
    import os

    from exchange import times
    from exchange.errors import Fatal
    from exchange.ports import utc_now
    from zhida import airflow_settings
    from zhida import prune as run
    from zhida.doctor_disk import told

    found = airflow_settings.of(os.environ)
    if found is None:
        raise Fatal("prune.no-airflow")
    done = run.run(found, utc_now(), days, dry=dry)
    at = times.stamp(done.before)
    value = {"before": at, "dry_run": dry, "files": done.files, "bytes": done.size}
    verb = "会清" if dry else "已清"
    text = (
        f"{verb} {local(at)} 以前的日志 {done.files} 个（{told(done.size)}）和运行记录\n{done.said}"
    )
    emit(value | {"airflow": done.said}, as_json=as_json, table=text)
