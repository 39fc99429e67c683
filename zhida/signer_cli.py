"""``zhida signer``, and ``zhida-signer`` on a machine that has nothing else of ours.

It imports neither Airflow nor any wire but the signer's own: ``requirements-signer.lock`` is all it needs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exchange.errors import ZhidaError
from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, Marked, emit, exit_code, local, show, tell

if TYPE_CHECKING:
    from zhida.signer_settings import SignerHome

signer = typer.Typer(
    no_args_is_help=True, help="单位自己的签名机 the unit's own signer, on its front-end machine"
)
log = typer.Typer(no_args_is_help=True, help="签名机自己的日志 the signer's own log")
signer.add_typer(log, name="log")

Home = Annotated[Path, typer.Option(help="signer.json 所在目录 the signer's folder")]
_COLUMNS = {"seq": "序号", "at": "时间", "kind_zh": "什么", "by": "对方", "what": "内容"}


@signer.command()
def new(
    home: Home,
    unit: Annotated[str, typer.Option(help="单位标识，中枢 units/ 里的 the unit's id")],
    title: Annotated[str, typer.Option(help="单位名称 its title")],
    suite: Annotated[str, typer.Option(help="SM2-SM3 或 Ed25519")] = "SM2-SM3",
    as_json: AsJson = False,
) -> None:
    """建立签名机目录：本单位的密钥、证书申请、待填的 signer.json (a new home)."""
    from zhida import signer_new

    made = signer_new.make(home, unit, title, suite=suite, password=_password().encode())
    text = f"已建立 {home}\n证书申请：{home / made['request']}，交给签发机构；拿到后存为 unit.crt\n"
    text += "再填 signer.json，放好两扇门的证书，运行 zhida signer check"
    emit(made, as_json=as_json, table=text)


@signer.command()
def run(home: Home) -> None:
    """运行签名机，直到收到停止信号 (serve both doors until SIGTERM)."""
    from zhida import signer

    signer.run(_home(home), *signer.secrets())


@signer.command()
def check(home: Home, as_json: AsJson = False) -> None:
    """逐项检查：设置、证书、密钥（或签名服务器）、各扇门、网闸、日志及其延续 (check everything)."""
    from zhida import signer, signer_check

    found = signer_check.check(home, *signer.secrets())
    rows = [row | {"mark": Marked("[green]✓[/]" if row["ok"] else "[red]✗[/]")} for row in found]
    columns = {"mark": "", "step": "检查", "what": "结果", "remedy": "怎么办"}
    emit(found, as_json=as_json, table=show(rows, columns, title="签名机检查"))
    if not all(row["ok"] for row in found):
        raise typer.Exit(EXIT_PROBLEM)


@signer.command()
def reopen(
    home: Home,
    reason: Annotated[str, typer.Option(help="为何恢复，记入日志 why it was restored")],
    with_head: Annotated[
        bool, typer.Option("--with-head", help="树头也是一起恢复的 the head was restored too")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """恢复备份之后接着签：在日志里写明丢了哪一段 (after a restore: say what is lost, and go on)."""
    from zhida import signer_reopen

    done = signer_reopen.reopen(_home(home), _password().encode(), reason, with_head=with_head)
    told = {"size": done.size, "lost": done.lost.size, "since": done.since}
    text = f"日志从第 {done.size} 条接着签"
    if done.lost.known:
        text += f"；丢失的是其后到第 {done.lost.size} 条"
    text += f"\n请让本单位的系统把 {local(done.since)} 以后的报文重发一遍" if done.since else ""
    emit(told, as_json=as_json, table=text)


@signer.command()
def again(
    home: Home,
    since: Annotated[str, typer.Option(help="中枢所恢复备份的时刻 of the hub's backup, RFC 3339")],
    reason: Annotated[str, typer.Option(help="为何重交，记入日志 why")],
    as_json: AsJson = False,
) -> None:
    """网闸那一侧的中枢恢复备份后，把它丢了的重新交一遍 (hand over again what a restored hub has lost).

    先停下签名机。中枢还有的不会重复。
    """
    from zhida import signer_again

    count = signer_again.again(_home(home), _password().encode(), since, reason)
    emit({"batches": count}, as_json=as_json, table=f"{count} 批，签名机起动后重新交网闸")


@log.command("show")
def show_log(
    home: Home,
    kind: Annotated[str, typer.Option(help="signed、read、refused、invalid，缺省全部")] = "",
    most: Annotated[int, typer.Option(min=1, help="最新的多少条 the newest")] = 50,
    as_json: AsJson = False,
) -> None:
    """签了什么、谁取走了什么、拒绝了什么 (what was signed, read, refused)."""
    from zhida import signer_log

    found = signer_log.entries(_home(home), kind, most)
    rows = [
        {
            "seq": row["seq"],
            "at": local(row["at"]),
            "kind_zh": signer_log.KINDS.get(row["kind"], row["kind"]),
            "by": row.get("by", ""),
            "what": _what(row),
        }
        for row in found
    ]
    emit(found, as_json=as_json, table=show(rows, _COLUMNS, title="签名机日志"))


@log.command()
def verify(
    home: Home,
    head: Annotated[
        list[Path] | None, typer.Option(help="从前在别处记下的树头 heads that were kept elsewhere")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """日志是否完整、没有改过 (recompute the whole log; no key is needed)."""
    from exchange.problems import describe
    from zhida import files, signer_log

    kept = [files.token(each) for each in head or []]
    found, problems = signer_log.verify(_home(home), kept)
    told: dict[str, Any] = {"entries": found.entries, "root": found.root, "heads": found.heads}
    told["problems"] = [{"code": each.code, **each.facts} for each in problems]
    lines = [f"日志 {found.entries} 条，树头 {found.heads} 个" + ("，完整" if not problems else "")]
    lines += [f"[red]✗[/] {describe(each.code, each.facts, 'zh')[0]}" for each in problems]
    emit(told, as_json=as_json, table="\n".join(lines))
    if problems:
        raise typer.Exit(EXIT_PROBLEM)


@log.command()
def head(home: Home) -> None:
    """最新的树头，记在别处，以后核对 (the newest head; keep it elsewhere)."""
    from zhida import signer_log

    emit(signer_log.head(_home(home)), as_json=False, plain=True)


def _what(row: dict[str, Any]) -> str:
    if row["kind"] == "refused":
        return f"{row['path']} {row['code']}（第 {row['number']} 次）"
    return str(row["ref"])


def _home(folder: Path) -> SignerHome:
    from zhida.signer_settings import SignerHome

    return SignerHome.read(folder)


def _password() -> str:
    return os.environ.get("ZHIDA_SIGNER_PASSWORD", "")


def main() -> None:
    """Entry point of ``zhida-signer``: our errors end as text with a remedy."""
    from zhida import usage

    try:
        sys.exit(usage.run(signer))
    except ZhidaError as error:
        tell(error)
        sys.exit(exit_code(error))
