"""``zhida person``: what was exchanged about one person or organisation; each look is in the ledger."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson, Reason
from zhida.output import EXIT_PROBLEM, emit, tell

if TYPE_CHECKING:
    from zhida.hub import Hub
    from zhida.operators import Signatory
    from zhida.person import Subject
    from zhida.person_told import Telling

person = typer.Typer(
    no_args_is_help=True, help="按人查交换记录 what was exchanged about a person (signed, noted)"
)

File = Annotated[
    Path | None,
    typer.Option("--file", help="号码所在的文件，缺省在屏幕上问（不显示） the number's file"),
]
Most = Annotated[int, typer.Option(min=1, help="最多列出多少处，最新的在先 at most, newest first")]
Unwanted = Annotated[list[str] | None, typer.Argument(hidden=True)]
_MOST = 1000
_LONGEST = 1024
"""Bytes of a file with one number."""
Rows = Annotated[
    bool,
    typer.Option(
        "--rows", help="也查成批的名单和同步，逐个打开，较慢 rows of lists and syncs too, slower"
    ),
]


@person.command()
def show(
    number: Unwanted = None,
    reason: Reason = "",
    file: File = None,
    most: Most = _MOST,
    rows: Rows = False,
    as_json: AsJson = False,
) -> None:
    """这个号码的数据来自谁、给了谁、为何给 (whence, to whom, why).

    号码在屏幕上输入或放在文件里，不写在命令行。须有 privacy 权限；查阅人和理由先记入账本，再显示。
    以账本为准；数据表与账本不符的，标明，退出码 1。
    """
    from zhida import person, person_tables
    from zhida.hub import open_hub
    from zhida.person_told import Telling

    with open_hub() as hub:
        who, whom = _asked(hub, number, file)
        person.note(hub, who, whom, reason=reason, act="show")
        found = person.look(hub, whom, most)
        telling = Telling(hub.site, found)
        told: dict[str, Any] = {
            "documents": telling.documents(),
            "exchanges": telling.exchanges(),
            "looks": telling.looks(),
            "places": found.places,
            "shown": len(found.documents),
            "differs": found.wrong,
        }
        if rows:
            told["rows"] = _in_rows(hub, whom, telling)
    emit(told, as_json=as_json, table=person_tables.tables(told, whom.ending))
    _warn(found.wrong)


@person.command()
def extract(
    out: Annotated[Path, typer.Option(help="写入哪个新文件：.docx 或 .html a new file")],
    number: Unwanted = None,
    reason: Reason = "",
    file: File = None,
    most: Most = _MOST,
    as_json: AsJson = False,
) -> None:
    """给本人的查阅复制件，含本人信息的内容 (the person's own copy: PIPL art. 45).

    交给本人以前核对其身份。文件只有本用户可读；交付后删除。
    """
    from zhida import files, person, person_paper
    from zhida.hub import open_hub

    make = person_paper.maker(out.suffix)
    with open_hub() as hub:
        who, whom = _asked(hub, number, file)
        files.require_new(out)
        person.note(hub, who, whom, reason=reason, act="extract")
        found = person.look(hub, whom, most)
        paper = person_paper.paper(hub, whom, found)
        files.write_private(out, make(paper))
    told = {"file": str(out), "held": paper.held, "exchanges": paper.exchanges}
    told["differs"] = found.wrong
    text = (
        f"已写入 {out}：本人信息 {paper.held} 项，提供记录 {paper.exchanges} 条。交付后删除此文件"
    )
    emit(told, as_json=as_json, table=text)
    _warn(found.wrong)


@person.command()
def index(as_json: AsJson = False) -> None:
    """给从前收下的数据补记按人检索的标签，升级后运行一次 (note whom earlier documents are about)."""
    from zhida import person_index
    from zhida.hub import open_hub
    from zhida.long_work import counting

    with open_hub() as hub, counting("按人检索") as tell:
        done = person_index.run(hub, tell)
    text = f"已读 {done['read']} 份，其中 {done['named']} 份写明了某人；已删除、无从补记 {done['erased']} 份"
    emit(done, as_json=as_json, table=text)


def _warn(wrong: int) -> None:
    """Somebody changed the tables: what was shown is the ledger's word, and it is not all right."""
    from exchange.errors import Fatal

    if wrong:
        tell(Fatal("person.differs", count=wrong))
        raise typer.Exit(EXIT_PROBLEM)


def _in_rows(hub: Hub, whom: Subject, telling: Telling) -> dict[str, Any]:
    from dataclasses import asdict

    from zhida import person_rows
    from zhida.long_work import counting

    with counting("成批的数据") as tell:
        return asdict(person_rows.search(hub, telling, whom.numbers, tell))


def _asked(hub: Hub, given: list[str] | None, file: Path | None) -> tuple[Signatory, Subject]:
    """Who asks, and about whom; the right first, so that nobody without it can try numbers."""
    from exchange.errors import Invalid
    from zhida import person
    from zhida.operators import this_person
    from zhida.site_operators import PRIVACY

    if given:
        raise Invalid("person.in-the-open")
    who = this_person(hub.site, PRIVACY, hub.clock(), hub.trust.now().revocations)
    return who, person.of_number(hub, _number(file))


def _number(file: Path | None) -> str:
    from zhida import files

    if file is not None:
        return files.read(file, _LONGEST).decode("utf-8-sig", "replace").strip()
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return str(typer.prompt("号码（输入不显示）", hide_input=True, err=True)).strip()
