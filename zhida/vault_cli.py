"""``zhida vault``: retention buckets, from the archive to the proof that they are erased."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson, Reason
from zhida.key_cli import propose
from zhida.output import EXIT_PROBLEM, Marked, emit, local, show

if TYPE_CHECKING:
    from zhida.hub import Hub
    from zhida.operators import Signatory

vault = typer.Typer(no_args_is_help=True, help="保存期限：归档、抹除、证明 retention and erasure")

Bucket = Annotated[str, typer.Argument(help="保存期限桶，如 newborn-2029-11 the bucket")]
Look = Annotated[
    list[Path] | None,
    typer.Option(
        "--look",
        help="还要查找的目录，可多次：备份、密钥副本、日志、PostgreSQL 数据目录 also look there",
        exists=True,
    ),
]
_STATES = {
    "kept": "保存中",
    "over": "[yellow]期限已满[/]",
    "erased": "[green]已抹除[/]",
    "unproven": "[red]密钥已毁，没有得到证明[/]",
    "gone": "[red]密钥不在，没有抹除记录[/]",
}
_LIST = {
    "bucket": "桶", "ends": "可抹除，自", "state_zh": "状态", "bodies": "密文", "files": "大文件",
    "open_cases": "未办结", "archived": "归档", "erased": "抹除",
}  # fmt: skip


@vault.command("list")
def list_buckets(as_json: AsJson = False) -> None:
    """列出保存期限桶：何时可抹除，归档和抹除没有 (buckets, the first to end first)."""
    from zhida import vault_view
    from zhida.hub import open_hub

    with open_hub() as hub:
        found = vault_view.buckets(hub)
    rows = [
        row
        | {"state_zh": Marked(_STATES[row["state"]])}
        | {name: local(row[name]) for name in ("archived", "erased")}
        for row in found
    ]
    emit(found, as_json=as_json, table=show(rows, _LIST, title="保存期限"))


@vault.command()
def archive(
    bucket: Bucket,
    recipient: Annotated[
        Path, typer.Option("--for", help="档案馆的 RSA 证书 the archive's certificate")
    ],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """提议把一个桶加密移交档案馆，须另一人同意 (for the archive alone; two people)."""
    from zhida import vault_recipient
    from zhida.vault_book import ARCHIVE

    def item(hub: Hub) -> str:
        return f"{bucket}/{vault_recipient.hand_in(hub, recipient)}"

    propose(ARCHIVE, item, reason, as_json)


@vault.command()
def export(
    bucket: Bucket,
    folder: Annotated[Path, typer.Option("--to", help="新目录 a new folder")],
    as_json: AsJson = False,
) -> None:
    """两人同意归档后：写出只有档案馆能打开的文件 (write what was decided)."""
    from zhida import vault_archive
    from zhida.hub import open_hub
    from zhida.long_work import counting

    with open_hub() as hub, counting("归档") as tell:
        made = vault_archive.export(hub, _operator(hub), bucket, folder, tell)
    text = f"[green]已写出[/] {folder}：{made['bodies']} 份，{len(made['volumes'])} 卷\n"
    text += "档案馆用 openssl cms -decrypt 打开；核对收到后再提议抹除"
    emit(made, as_json=as_json, table=text)


@vault.command()
def erase(
    bucket: Bucket,
    reason: Reason,
    unarchived: Annotated[
        bool, typer.Option("--unarchived", help="不归档就抹除 without an archive")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """提议抹除一个期限已满的桶，须另一人同意 (erase a bucket that is over; two people)."""
    from zhida.vault_book import ERASE, ERASE_ANYWAY

    propose(ERASE_ANYWAY if unarchived else ERASE, lambda _: bucket, reason, as_json)


@vault.command()
def destroy(
    bucket: Bucket,
    look: Look = None,
    as_json: AsJson = False,
) -> None:
    """两人同意抹除后：毁掉桶的密钥和指明目录里的副本，并证明 (carry it out, and prove it).

    毁掉的再也找不回来。没有得到证明时退出码为 1；再运行只查副本，先前的发现照录。
    """
    from zhida import vault_erase, vault_view
    from zhida.hub import open_hub

    with open_hub() as hub:
        vault_erase.run(hub, _operator(hub), bucket, look or [])
        told = vault_view.proof(hub, bucket) or {}
    _tell(told, as_json)


@vault.command()
def proof(
    bucket: Bucket,
    out: Annotated[Path | None, typer.Option(help="写入 .docx 或 .html write it there")] = None,
    as_json: AsJson = False,
) -> None:
    """一个桶的抹除证明，取自账本 (the proof of an erasure, out of the ledger)."""
    from exchange.errors import Rejected
    from zhida import files, person_paper, vault_view
    from zhida.hub import open_hub

    with open_hub() as hub:
        told = vault_view.proof(hub, bucket)
        if told is None:
            raise Rejected("vault.no-proof", bucket=bucket)
        if out is not None:
            make = person_paper.maker(out.suffix)
            files.write(out, make(_paper(hub, told)))
    _tell(told, as_json)


def _paper(hub: Hub, told: dict[str, Any]) -> Any:
    from exchange import times
    from zhida import vault_view
    from zhida.person_paper import Paper

    words = (vault_view.title(told), vault_view.lead(told, hub.site.title))
    return Paper(*words, vault_view.sections(told), times.instant(told["at"]), 0, 0)


def _tell(told: dict[str, Any], as_json: bool) -> None:
    from zhida import vault_view
    from zhida.report_sections import drawn

    emit(told, as_json=as_json, table=drawn(vault_view.title(told), vault_view.sections(told)))
    if not told["holds"]:
        raise typer.Exit(EXIT_PROBLEM)


def _operator(hub: Hub) -> Signatory:
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    return this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
