"""``zhida dataset``: what was signed in bulk, one row of it as a proof, and the check of such a proof.

``verify`` needs no site, no store and no key: only the file and the trust folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exchange.errors import Fatal, Forbidden, ZhidaError
from zhida import files
from zhida.command_options import AsJson, Reason
from zhida.evidence_cli import At, HubName, ShowValues, TrustFolder, moment_of, refusal
from zhida.output import emit, local, show, tell

if TYPE_CHECKING:
    from exchange.dataset import Dataset
    from exchange.dataset_verify import CheckedRow
    from exchange.store.dataset_rows import DatasetRow

datasets = typer.Typer(no_args_is_help=True, help="数据集 datasets: many rows under one signature")

Beginning = Annotated[str, typer.Argument(help="数据集编号或其开头 id or its beginning")]
Key = Annotated[list[str], typer.Argument(help="主键，如统一社会信用代码 the row's key")]
Output = Annotated[Path, typer.Option("-o", "--output", help="写入的证明文件 file to write")]
ForUnit = Annotated[str, typer.Option("--for", help="提供给哪个单位 for which unit")]
Purpose = Annotated[str, typer.Option(help="用途，须有协议 what for; an agreement must allow it")]
_COLUMNS = {
    "id": "编号", "kind": "种类", "provider": "来源单位", "as_of": "数据时间", "count": "行数"
}  # fmt: skip


@datasets.command("list")
def list_datasets(
    kind: Annotated[str, typer.Option(help="只列这一种 of this kind only")] = "",
    most: Annotated[int, typer.Option(help="最多几个 at most", min=1)] = 50,
    as_json: AsJson = False,
) -> None:
    """列出数据集 (list datasets, newest first)."""
    from exchange.store import dataset_rows
    from zhida.watch import open_watch

    with open_watch() as watch, watch.store.read() as connection:
        told = [_told(row) for row in dataset_rows.listed(connection, kind, most)]
    rows = [row | {"as_of": local(row["as_of"])} for row in told]
    emit(told, as_json=as_json, table=show(rows, _COLUMNS, title="数据集"))


def _told(row: DatasetRow) -> dict[str, Any]:
    names = ("id", "kind", "provider", "source", "as_of", "created_at", "schema", "count", "root")
    return {name: getattr(row, name) for name in names}


@datasets.command("show")
def show_dataset(
    dataset: Beginning,
    check: Annotated[bool, typer.Option("--check", help="逐行核对 hash every row again")] = False,
    as_json: AsJson = False,
) -> None:
    """一个数据集由谁签名、有多少行；不显示任何一行 (whose word it is, how many rows; no row)."""
    from zhida import dataset_books
    from zhida.hub import open_hub

    with open_hub() as hub:
        found = dataset_books.find(hub, dataset)
        told = _head(found)
        if check:
            told["checked"] = sum(1 for _ in dataset_books.of(hub).rows(found))
    rows = [{"name": name, "value": value} for name, value in told.items()]
    table = show(rows, {"name": "项目", "value": "内容"}, title="数据集")
    emit(told, as_json=as_json, table=table)


def _head(found: Dataset) -> dict[str, Any]:
    from exchange import times

    origin = found.document.origin
    return {
        "id": found.id,
        "kind": origin.kind,
        "schema": found.form.schema,
        "key": list(found.form.key),
        "count": found.count,
        "root": found.root.hex(),
        "provider": origin.provider,
        "custody": origin.custody,
        "issuer": origin.issuer,
        "source": origin.source,
        "as_of": times.stamp(origin.as_of),
        "about": found.form.about,
    }


@datasets.command()
def prove(
    dataset: Beginning,
    key: Key,
    output: Output,
    unit: ForUnit = "",
    purpose: Purpose = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """为数据集中的一行出具证明，单独可核验 (prove one row: verifies alone, says nothing of others).

    须有 privacy 权限；出具人和理由记入账本以后才写文件。文件只有本用户可读，不覆盖已有的。
    """
    from zhida import dataset_books, evidence_out
    from zhida.hub import open_hub

    with open_hub() as hub:
        who = evidence_out.allowed(hub, reason, output)
        found = dataset_books.find(hub, dataset)
        asked = dataset_books.Asked(unit or hub.site.unit, purpose, reason)
        data = dataset_books.prove(hub, found, key, asked, who=who)
        files.write_private(output, data)
    told = {"file": str(output), "bytes": len(data), "dataset": found.id}
    emit(told, as_json=as_json, table=f"[green]✓[/] {output}（{len(data)} 字节）")


@datasets.command()
def verify(
    file: Annotated[Path, typer.Argument(help="证明文件 the proof")],
    trust: TrustFolder = None,
    at: At = "",
    hub: HubName = "hub",
    values: ShowValues = False,
    as_json: AsJson = False,
) -> None:
    """离线核验一行的证明 (check the proof of one row offline).

    退出码 0 属实；2 不属实；3 属实但证书过期或已吊销；4 格式不对；5 没有可信的根证书。
    """
    from exchange.evidence_result import exit_code
    from zhida.dataset_view import table

    try:
        checked = _verified(file, trust, at=at, hub=hub)
    except Fatal:
        raise
    except ZhidaError as error:
        code = exit_code(error)
        if as_json:
            emit(refusal(error, code), as_json=True)
        else:
            tell(error)
        raise typer.Exit(code) from None
    told = checked.to_json() if values else checked.to_json() | {"row": sorted(checked.row)}
    emit(told, as_json=as_json, table=table(checked, values))


def _verified(file: Path, trust: Path | None, *, at: str, hub: str) -> CheckedRow:
    from exchange import dataset_proof, dataset_verify, evidence_trust

    known = moment_of(at)
    if trust is None:
        raise Forbidden("evidence.no-anchor")
    anchors = evidence_trust.load(trust)
    data = files.read(file, dataset_proof.MOST_BYTES + 1)
    return dataset_verify.verify(data, anchors, at=known, hub=hub)
