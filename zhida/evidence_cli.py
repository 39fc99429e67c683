"""``zhida evidence``: give a case away as one file, check such a file, write its report.

``verify`` and ``report`` need no site, no store and no key: only the file and the trust folder.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exchange.errors import Fatal, Forbidden, ZhidaError
from zhida import files
from zhida.command_options import AsJson, Reason
from zhida.output import EXIT_USAGE, emit, tell

if TYPE_CHECKING:
    from exchange.evidence_result import Checked
    from zhida.hub import Hub

evidence = typer.Typer(no_args_is_help=True, help="证据包 evidence that a third party can check")

File = Annotated[Path, typer.Argument(help="证据包 the bundle")]
TrustFolder = Annotated[
    Path | None,
    typer.Option("--trust", help="自己取得的根证书与吊销列表 your CA certificates and CRLs"),
]
At = Annotated[str, typer.Option("--at", help="核验时刻，默认现在 the moment, RFC 3339")]
HubName = Annotated[str, typer.Option("--hub", help="中枢证书的通用名 CN of the hub")]
HeadFile = Annotated[
    Path | None, typer.Option("--head", help="自己保存的树头 a signed head that you kept")
]
StampFolder = Annotated[
    Path | None,
    typer.Option("--tsa", help="时间戳机构的根证书目录 CA certificates of time-stamp authorities"),
]
ShowValues = Annotated[
    bool, typer.Option("--show-values", help="显示字段的值（个人信息） personal data")
]
_OPTIONAL = typer.Option("-o", "--output", help="写入文件 write to a file")


@evidence.command()
def export(  # noqa: PLR0913 (each is an option of the command)
    case: str,
    output: Annotated[Path, typer.Option("-o", "--output", help="证据包 the file to write")],
    unit: Annotated[str, typer.Option(help="只含该单位收到的 only what this unit received")] = "",
    *,
    transfer: Annotated[
        str, typer.Option(help="只含一次传递或查询（编号的开头） only one transfer or query")
    ] = "",
    field: Annotated[
        list[str] | None,
        typer.Option(help="其中只出示这些字段，如 /child/name，可重复 of it only these fields"),
    ] = None,
    head: HeadFile = None,
    stamp: Annotated[
        bool, typer.Option("--stamp", help="先请时间戳机构盖章 get a time stamp first")
    ] = False,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """导出一个办件的证据包，含所提供内容的明文 (export a case as a bundle of evidence, with values).

    须有 privacy 权限；导出人和理由记入账本以后才写文件。文件只有本用户可读，不覆盖已有的。
    """
    from zhida import case_view, evidence_out
    from zhida.hub import open_hub
    from zhida.watch import Watch

    if (field and not transfer) or (unit and transfer):
        typer.echo("--field 与 --transfer 同用；--unit 与 --transfer 不能同用", err=True)
        raise typer.Exit(EXIT_USAGE)
    with open_hub() as hub:
        who = evidence_out.allowed(hub, reason, output)
        row = case_view.find(Watch(hub.site, hub.store, hub.clock), case)
        older = files.token(head) if head else ""
        if stamp:
            _get_stamp(hub)
        data = evidence_out.exporter(hub).export(
            row.id, unit=unit, older=older, transfer=transfer, fields=field or ()
        )
        told = evidence_out.part(unit, transfer, field, data)
        evidence_out.note(hub, who, row.id, reason=reason, told=told)
        files.write_private(output, data)
    digest = told["sha256"]
    shown = {"file": str(output), "bytes": len(data), "sha256": digest, "case": row.id}
    emit(
        shown, as_json=as_json, table=f"[green]✓[/] {output}（{len(data)} 字节）\nSHA-256 {digest}"
    )


def _get_stamp(hub: Hub) -> None:
    """On the newest head, unless it has one. ``Fatal`` without an authority, ``Retriable`` if it fails."""
    from zhida import stamping

    if hub.outside.stamper is None:
        raise Fatal("outside.no-stamper")
    stamping.demand(hub, hub.outside.stamper)


@evidence.command()
def verify(
    file: File,
    trust: TrustFolder = None,
    at: At = "",
    hub: HubName = "hub",
    head: HeadFile = None,
    tsa: StampFolder = None,
    values: ShowValues = False,
    as_json: AsJson = False,
) -> None:
    """离线核验证据包 (check a bundle offline).

    退出码 0 属实；2 不属实；3 属实但证书过期或已吊销；4 格式不对；5 没有可信的根证书。
    """
    from zhida.evidence_view import reader_words, tables

    checked, _ = _checked(file, (trust, tsa), at=at, hub=hub, head=head, as_json=as_json)
    emit(
        checked.to_json(values=values),
        as_json=as_json,
        table=tables(checked, values, reader_words()),
    )


@evidence.command()
def report(
    file: File,
    trust: TrustFolder = None,
    output: Annotated[Path | None, _OPTIONAL] = None,
    at: At = "",
    hub: HubName = "hub",
    tsa: StampFolder = None,
    values: ShowValues = False,
) -> None:
    """核验并生成核验报告 (check a bundle and write the report, Markdown)."""
    from exchange.evidence_report import markdown
    from zhida.evidence_view import reader_words

    checked, digest = _checked(file, (trust, tsa), at=at, hub=hub)
    text = markdown(checked, digest, values=values, words=reader_words())
    if output is None:
        print(text, end="")  # noqa: T201
    else:
        files.write(output, text.encode())


def _checked(
    file: Path,
    folders: tuple[Path | None, Path | None],
    *,
    at: str,
    hub: str,
    head: Path | None = None,
    as_json: bool = False,
) -> tuple[Checked, str]:
    """The verified evidence and the file's digest; otherwise tell why and leave with its code."""
    from exchange import evidence_trust
    from exchange.evidence_result import exit_code
    from exchange.evidence_verify import Checker, verify
    from exchange.evidence_zip import MOST_BYTES

    moment = moment_of(at)
    known = files.token(head) if head else ""
    try:
        trust, tsa = folders
        if trust is None:
            raise Forbidden("evidence.no-anchor")
        checker = Checker(evidence_trust.load(trust, tsa), moment, hub, known)
        data = files.read(file, MOST_BYTES + 1)
        return verify(data, checker), hashlib.sha256(data).hexdigest()
    except Fatal:
        raise
    except ZhidaError as error:
        if as_json:
            emit(refusal(error, exit_code(error)), as_json=True)
        else:
            tell(error)
        raise typer.Exit(exit_code(error)) from None


def refusal(error: ZhidaError, code: int) -> dict[str, Any]:
    """A verification that failed, for programs."""
    from exchange.problems import describe

    what, remedy = describe(error.code, error.facts)
    told = {"code": error.code, "facts": error.facts, "what": what, "remedy": remedy}
    return {"authentic": False, "exit": code, **told}


def moment_of(at: str) -> datetime:
    """The moment of a check: what was asked for, or now."""
    if not at:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        # Not typer's usage error: its code 2 would read as "not authentic".
        typer.echo("--at 例如 2026-01-05T09:00:00+08:00", err=True)
        raise typer.Exit(EXIT_USAGE)
    return moment.astimezone(UTC)
