"""``zhida file``: large files by claim, from their holders into the hub, and from there to whom may have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson, Reason
from zhida.long_work import counting
from zhida.output import EXIT_PROBLEM, Marked, emit, local, show

if TYPE_CHECKING:
    from zhida.file_claims import Known
    from zhida.hub import Hub

files = typer.Typer(no_args_is_help=True, help="大文件 large files (claim check)")

Claim = Annotated[str, typer.Argument(help="凭据编号或其开头 the claim's id or its beginning")]
ShowValues = Annotated[
    bool, typer.Option("--show-values", help="显示名称（可能含个人信息） names; may be personal")
]
_STATES = {
    "here": Marked("[green]已在中枢[/]"),
    "part": Marked("[yellow]取了一部分[/]"),
    "waiting": Marked("未取"),
    "corrected": Marked("[dim]已被更正[/]"),
}
_LIST = {
    "claim": "凭据", "material": "材料", "provider": "提供单位", "bytes": "字节", "state_zh": "状态"
}  # fmt: skip


@files.command("list")
def list_files(as_json: AsJson = False) -> None:
    """列出大文件凭据 (claims, newest first); 不显示名称。"""
    from zhida import file_claims
    from zhida.hub import open_hub

    with open_hub() as hub:
        found = [_told(hub, each) for each in file_claims.every(hub)]
    rows = [row | {"state_zh": _STATES[row["state"]]} for row in found]
    emit(found, as_json=as_json, table=show(rows, _LIST, title="大文件"))


@files.command("show")
def show_file(claim: Claim, values: ShowValues = False, as_json: AsJson = False) -> None:
    """一份凭据说的是哪个文件、取到没有 (what a claim says, and whether its file is here)."""
    from exchange import times
    from zhida import file_claims
    from zhida.hub import open_hub

    with open_hub() as hub:
        known = file_claims.find(hub, claim)
        told = _told(hub, known) | {
            "matter": known.matter,
            "bucket": known.bucket,
            "media_type": known.claim.media_type,
            "system": known.claim.system,
            **known.claim.digests,
            "as_of": times.stamp(known.document.origin.as_of),
            "corrected_by": known.newer,
        }
    if values:
        told |= {"title": known.claim.title, "name": known.claim.name}
    shown = told | {"as_of": local(told["as_of"]), "state": _STATES[told["state"]]}
    rows = [{"name": name, "value": value} for name, value in shown.items()]
    emit(told, as_json=as_json, table=show(rows, {"name": "项目", "value": "内容"}, title="大文件"))


def _told(hub: Hub, known: Known) -> dict[str, Any]:
    state = (
        "here" if hub.files.has(known.tag) else "part" if hub.files.kept(known.tag) else "waiting"
    )
    return {
        "claim": known.claim.id,
        "material": known.claim.material,
        "provider": known.claim.provider,
        "bytes": known.claim.bytes,
        "state": "corrected" if known.newer else state,
        "on_disk": hub.files.kept(known.tag),
    }


@files.command()
def add(
    system: Annotated[str, typer.Argument(help="持有单位的系统 the holder's system")],
    name: Annotated[str, typer.Argument(help="在该系统中的名称 its name there")],
    matter: Annotated[str, typer.Option(help="用于哪个主题，定用途和保存期 matter")],
    material: Annotated[str, typer.Option(help="材料编号 id of the material")],
    title: Annotated[str, typer.Option(help="材料名称 title")],
    media_type: Annotated[str, typer.Option("--type", help="文件类型 media type")] = "",
    as_json: AsJson = False,
) -> None:
    """持有单位自己出不了凭据的：读一遍、算摘要，由中枢签名 (measure a file and sign a claim)."""
    from zhida import file_claiming
    from zhida.hub import open_hub

    with open_hub() as hub, counting("已读（字节）") as count:
        about = file_claiming.About(
            matter, material, title, media_type or "application/octet-stream"
        )
        found = file_claiming.add(
            hub, hub.site.system(system), name, about, progress=lambda here, _: count(here)
        )
    told = {"claim": found.id}
    emit(told, as_json=as_json, table=f"凭据 {found.id}")


@files.command()
def fetch(
    claim: Annotated[
        str, typer.Argument(help="凭据编号或其开头；--all 时不写 id or beginning")
    ] = "",
    every: Annotated[
        bool, typer.Option("--all", help="所有还没取的 all that are not here")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """从持有单位取来，断了的接着取 (fetch from the holder, going on where it stopped)."""
    from zhida import file_claims, file_intake
    from zhida.hub import open_hub

    if bool(claim) == every:
        raise typer.BadParameter("凭据编号和 --all 写一个 (one of both)")
    with open_hub() as hub, counting("已取（字节）") as count:
        if every:
            told = file_intake.take_all(hub, file_intake.waiting(hub, file_claims.every(hub)))
        else:
            known = file_claims.find(hub, claim)
            outcome = file_intake.take_in(hub, known, lambda here, _: count(here))
            told = {known.claim.id: outcome}
    found = [{"claim": each, "outcome": outcome} for each, outcome in told.items()]
    emit(
        found,
        as_json=as_json,
        table=show(found, {"claim": "凭据", "outcome": "结果"}, title="取文件"),
    )
    if any(outcome not in ("taken", "here") for outcome in told.values()):
        raise typer.Exit(EXIT_PROBLEM)


@files.command()
def push(
    claim: Claim,
    system: Annotated[str, typer.Argument(help="接收单位的系统 the receiver's system")],
    as_json: AsJson = False,
) -> None:
    """放到接收单位的目录或 SFTP，须有协议；断了的接着放 (put it where the receiver takes files)."""
    from zhida import file_claims, file_push
    from zhida.hub import open_hub

    with open_hub() as hub, counting("已放（字节）") as count:
        known = file_claims.find(hub, claim)
        to = hub.site.system(system)
        outcome = file_push.push(hub, known, to, lambda here, _: count(here))
    told = {"claim": known.claim.id, "system": system, "outcome": outcome}
    emit(told | {"name": file_push.target(known.claim)}, as_json=as_json, table=_PUT[outcome])


_PUT = {"put": "[green]✓[/] 已放好", "same": "[green]✓[/] 已在那里，没有再放"}


@files.command()
def drop(claim: Claim, reason: Reason, as_json: AsJson = False) -> None:
    """从中枢的磁盘上删去；凭据仍在，持有单位还有的可以再取 (remove the file; its claim stays)."""
    from zhida import file_claims, file_dropping
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    with open_hub() as hub:
        known = file_claims.find(hub, claim)
        who = this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
        removed = file_dropping.drop(hub, who, known, reason)
    told = {"claim": known.claim.id, "removed": removed}
    emit(told, as_json=as_json, table="已删去" if removed else "中枢没有这个文件")


@files.command()
def prune(as_json: AsJson = False) -> None:
    """删去密钥已销毁的：谁也打不开了 (remove what nobody can open any more)."""
    from zhida import file_dropping
    from zhida.hub import open_hub

    with open_hub() as hub:
        removed = file_dropping.prune(hub)
    emit({"removed": removed}, as_json=as_json, table=f"删去 {removed} 个")
