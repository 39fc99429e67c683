"""``zhida agreement``, ``zhida mapping`` and ``zhida codes``: to Excel and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhida.command_options import AsJson
from zhida.output import emit, show

agreement = typer.Typer(no_args_is_help=True, help="共享协议与 Excel 互转 agreements and Excel")
mapping = typer.Typer(
    no_args_is_help=True, help="映射：查看、检查、试用、比较、起草、与 Excel 互转 mappings"
)
codes = typer.Typer(no_args_is_help=True, help="代码表与 Excel 互转 code lists and Excel")

_Xlsx = Annotated[Path, typer.Option("--xlsx", help="Excel 文件（.xlsx） the workbook")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="只看会改什么，不写 write nothing")]
_File = Annotated[Path, typer.Argument(help="代码表文件（.csv） the code list")]
_Mapping = Annotated[Path, typer.Argument(help="映射文件（.yaml） the mapping file")]
_CHANGES = {"added": "新增", "changed": "改动", "same": "相同", "absent": "Excel 中没有，保留"}
_COLUMNS = {"agreement": "协议", "change": "结果", "keys": "改动的项", "lost": "失去的注释"}


@agreement.command("export")
def export_agreements(xlsx: _Xlsx, as_json: AsJson = False) -> None:
    """导出全部共享协议 (all agreements into a workbook, every cell as text)."""
    from zhida import agreement_excel
    from zhida.environment import site_folder

    count = agreement_excel.export(site_folder(), xlsx)
    emit({"agreements": count, "file": xlsx.name}, as_json=as_json, table=f"已导出 {count} 份协议")


@agreement.command("import")
def import_agreements(xlsx: _Xlsx, dry_run: _DryRun = False, as_json: AsJson = False) -> None:
    """导入共享协议 (from a workbook; all or nothing).

    没有改动的文件一个字节也不变；有改动的只改相应的项，注释尽量保留，失去几条会告知。
    被 Excel 改坏的单元格一律指出地址并拒绝，不作猜测。Excel 中没有的协议保留不动。
    """
    from zhida import agreement_excel
    from zhida.environment import site_folder

    changes = agreement_excel.plan(site_folder(), xlsx)
    if not dry_run:
        agreement_excel.apply(changes)
    found = [
        {"agreement": c.agreement, "change": c.change, "keys": c.keys, "lost": c.lost}
        for c in changes
    ]
    rows = [
        {**row, "change": _CHANGES[str(row["change"])], "keys": "，".join(change.keys)}
        for row, change in zip(found, changes, strict=True)
    ]
    title = "将会这样改" if dry_run else "已导入"
    emit(found, as_json=as_json, table=show(rows, _COLUMNS, title=title))


@mapping.command("export")
def export_mapping(file: _Mapping, xlsx: _Xlsx, as_json: AsJson = False) -> None:
    """导出映射文件的各项取值 (the values of a mapping file, a row each)."""
    from zhida import mapping_excel

    count = mapping_excel.export(file, xlsx)
    emit({"values": count, "file": xlsx.name}, as_json=as_json, table=f"已导出 {count} 项")


@mapping.command("import")
def import_mapping(
    file: _Mapping, xlsx: _Xlsx, dry_run: _DryRun = False, as_json: AsJson = False
) -> None:
    """导入映射文件的取值 (only values: rules are added and removed in the file itself).

    只替换改动的值，注释和其余每个字节不变。改完的文件不是正确的映射则不写。
    """
    from zhida import mapping_excel

    put(file, mapping_excel.changed(xlsx, file), dry_run=dry_run, as_json=as_json)


@codes.command("export")
def export_codes(file: _File, xlsx: _Xlsx, as_json: AsJson = False) -> None:
    """导出一张代码表 (a code list into a workbook, every cell as text)."""
    from zhida import codes_excel

    count = codes_excel.export(file, xlsx)
    emit({"codes": count, "file": xlsx.name}, as_json=as_json, table=f"已导出 {count} 个代码")


@codes.command("import")
def import_codes(
    file: _File, xlsx: _Xlsx, dry_run: _DryRun = False, as_json: AsJson = False
) -> None:
    """导入一张代码表 (from a workbook into an existing list; unchanged: not one byte)."""
    from zhida import codes_excel

    text = codes_excel.changed(xlsx, file)
    made = None if text is None else text.encode()
    put(file, made, dry_run=dry_run, as_json=as_json)


def put(file: Path, made: bytes | None, *, dry_run: bool, as_json: bool) -> None:
    """``made`` is None: it says that already."""
    from zhida import files

    if made is not None and not dry_run:
        files.write(file, made)
    told = "没有改动" if made is None else "将会改动" if dry_run else "已导入"
    emit({"changed": made is not None, "file": file.name}, as_json=as_json, table=told)
