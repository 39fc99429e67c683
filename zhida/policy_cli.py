"""``zhida policy``: grant policies of the site, checked, compared and tried before they hold."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, Marked, emit, show
from zhida.policy_explain_cli import explain
from zhida.policy_try_cli import dry_run, table

policies = typer.Typer(no_args_is_help=True, help="惠企政策 grant policies")
policies.command("explain")(explain)
policies.command("dry-run")(dry_run)
policies.command("table")(table)

Which = Annotated[str, typer.Argument(help="政策标识或文件 name or file")]
_MODES = {"no-application": "免申即享", "on-application": "即申即办"}
_CHANGES = {"added": "新增", "removed": "删去", "changed": "改动"}


@policies.command("list")
def list_policies(
    scene: Annotated[str, typer.Option(help="主题场景 of one scene")] = "",
    tier: Annotated[str, typer.Option(help="普惠、进阶、专项 of one tier")] = "",
    as_json: AsJson = False,
) -> None:
    """列出站点的政策 (all policies that hold in this site)."""
    from zhida import policy_find, site_words
    from zhida.environment import site_folder

    known = policy_find.catalogue(site_folder()).policies.values()
    titles = site_words.departments(site_folder())
    found = [p for p in known if scene in ("", *p.scenes) and tier in ("", p.tier)]
    told = [
        {"policy": p.name, "title": p.title, "mode": p.mode, "tier": p.tier}
        | {"scenes": list(p.scenes), "department": p.department, "provenance": p.provenance}
        | {"version": p.versions[-1].name, "digest": p.digest}
        for p in sorted(found, key=lambda each: (each.mode, each.name))
    ]
    rows = [
        row
        | {"mode": _MODES[str(row["mode"])], "scenes": "、".join(row["scenes"])}
        | {"department": titles.get(str(row["department"]), row["department"])}
        for row in told
    ]
    columns = {"policy": "政策", "title": "名称", "mode": "方式", "tier": "类别"}
    columns |= {"scenes": "主题场景", "department": "部门", "version": "版本"}
    emit(told, as_json=as_json, table=show(rows, columns, title=f"惠企政策 {len(rows)} 项"))


@policies.command("check")
def check_policies(
    which: Annotated[str, typer.Argument(help="政策标识或文件；缺省全部 name or file")] = "",
    as_json: AsJson = False,
) -> None:
    """检查政策文件 (everything that is wrong, with its line; and what may be overlooked).

    条件、事实、金额、例子、版本之间的空档；还没有生效的草稿也能查。
    """
    from exchange import times
    from exchange.ports import utc_now
    from zhida import policy_check
    from zhida.environment import site_folder

    found = policy_check.check(site_folder(), which, times.civil_day(utc_now()))
    told = [row for row in found if row["code"]]
    rows = [row | {"place": _place(row), "sign": _sign(row)} for row in told]
    columns = {"sign": "", "place": "位置", "what": "问题", "remedy": "怎么办", "code": "代码"}
    files = len({row["file"] for row in found})
    title = f"政策检查：{files} 份，✗ 错误，! 留意"
    emit(found, as_json=as_json, table=show(rows, columns, title=title))
    if not all(row["ok"] for row in found):
        raise typer.Exit(EXIT_PROBLEM)


def _place(row: dict[str, Any]) -> str:
    return f"{row['file']}:{row['line']}" if row["line"] else str(row["file"])


def _sign(row: dict[str, Any]) -> Marked:
    if not row["ok"]:
        return Marked("[red]✗[/]")
    return Marked("[yellow]![/]" if row["code"] else "[green]✓[/]")


@policies.command("diff")
def diff_policies(
    before: Which,
    after: Annotated[str, typer.Argument(help="另一个 the other")],
    as_json: AsJson = False,
) -> None:
    """比较两份政策 (what one does otherwise than the other; comments don't count)."""
    from zhida import policy_compare, policy_find
    from zhida.environment import site_folder

    one, two = (policy_find.opened(site_folder(), each) for each in (before, after))
    told = policy_compare.differences(one, two)
    rows = [row | {"change": _CHANGES[row["change"]]} for row in told]
    columns = {"place": "位置", "change": "", "before": "原来", "after": "现在"}
    emit(told, as_json=as_json, table=show(rows, columns, title=f"{one.title} → {two.title}"))


@policies.command("renew")
def renew_policy(
    which: Annotated[str, typer.Argument(help="政策标识 name")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="从哪一天起 first day")],
    version: Annotated[str, typer.Option(help="新版本的名称；缺省为年份 its name")] = "",
    to: Annotated[Path | None, typer.Option("-o", help="写成草稿，站点不动 a draft")] = None,
    as_json: AsJson = False,
) -> None:
    """起草新版本：照抄最后一版，从某日起施行 (a new version from a day on, to be edited).

    缺省写进站点的 policies 目录；旧版本到前一日为止，一字不改。
    """
    from matters import file_text
    from zhida import files, policy_find, policy_renewal
    from zhida.environment import site_folder

    source = policy_find.path_of(site_folder(), which)
    text = file_text.decode(files.read(source), source.name)
    name = version or str(since.year)
    made = policy_renewal.renewed(text, name, since.date())
    target = to or site_folder() / policy_find.FOLDER / f"{which}.yaml"
    target.parent.mkdir(exist_ok=True)
    files.write(target, made.encode())
    emit(
        {"policy": which, "version": name, "since": since.date().isoformat(), "file": str(target)},
        as_json=as_json,
        table=f"已写入 {target}：改参数、条款和例子，然后 zhida policy check {to or which}",
    )


_Xlsx = Annotated[Path, typer.Option("--xlsx", help="Excel 文件（.xlsx） the workbook")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="只看会改什么，不写 write nothing")]


@policies.command("export")
def export_policy(which: Which, xlsx: _Xlsx, as_json: AsJson = False) -> None:
    """导出政策的参数和日期 (parameters and days, a row each)."""
    from zhida import policy_excel, policy_find
    from zhida.environment import site_folder

    path = Path(which) if which.endswith(".yaml") else policy_find.path_of(site_folder(), which)
    count = policy_excel.export(path, xlsx)
    emit({"values": count, "file": xlsx.name}, as_json=as_json, table=f"已导出 {count} 项")


@policies.command("import")
def import_policy(
    file: Annotated[Path, typer.Argument(help="站点 policies 目录中的政策文件（.yaml） the file")],
    xlsx: _Xlsx,
    dry_run: _DryRun = False,
    as_json: AsJson = False,
) -> None:
    """导入参数和日期 (only values; criteria are changed in the file).

    只替换改动的值，注释和其余每个字节不变。改完不是正确的政策则不写，例子也要仍然成立。
    """
    from zhida import policy_excel
    from zhida.excel_cli import put

    put(file, policy_excel.changed(xlsx, file), dry_run=dry_run, as_json=as_json)
