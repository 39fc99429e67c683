"""``zhida mapping``: look at a mapping, check it, try it, compare two, begin one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from zhida import mapping_view as view
from zhida.command_options import AsJson
from zhida.excel_cli import mapping
from zhida.output import EXIT_PROBLEM, Marked, emit, explained

__all__ = ["mapping"]

_Named = Annotated[str, typer.Argument(metavar="NAME|FILE", help="映射的名称或文件 name or file")]
_Several = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME|FILE]...", help="缺省为全部 all if none")
]
_Encoding = Annotated[str, typer.Option(help="样例的字符编码 the sample's encoding")]
_On = Annotated[str, typer.Option("--on", help="哪一天的版本，缺省为今天 the version of a day")]
_Side = "数据种类、样例文件，或逗号隔开的列名 a kind, a sample's file, or columns"


@mapping.command("show")
def show_mapping(
    name: _Named,
    *,
    code: Annotated[bool, typer.Option("--code", help="生成的 Python 代码 the Python")] = False,
    back: Annotated[bool, typer.Option("--back", help="反向 the mapping that undoes it")] = False,
    on: _On = "",
    as_json: AsJson = False,
) -> None:
    """列出一个映射的规则 (the rules of a mapping, one a row).

    --back：由它倒推出的反向映射；不能倒推时指出是哪几行。
    """
    from zhida import mapping_find

    found = mapping_find.find(name, on)
    found = found.reverse() if back else found
    if code:
        emit(found.code, as_json=as_json, plain=True)
    else:
        emit(view.told(found), as_json=as_json, table=view.table(found))


@mapping.command("check")
def check_mappings(names: _Several = None, as_json: AsJson = False) -> None:
    """检查映射：文件内的测试、覆盖率、写错的名称 (all shipped and the site's, or those named).

    写错的名称给出行号和最接近的词。有错时退出码为 1。
    """
    from zhida import mapping_check

    found = mapping_check.check(names or ())
    emit(found, as_json=as_json, table=view.checked(found))
    if not all(row["ok"] for row in found):
        if not as_json:
            lines = explained([each for row in found for each in row["problems"]])
            emit(None, as_json=False, table=Marked("\n".join(lines)))
        raise typer.Exit(EXIT_PROBLEM)


@mapping.command("try")
def try_mapping(
    name: _Named,
    record: Annotated[str, typer.Argument(help="JSON、YAML、XML、CSV 文件，或 - file or -")],
    *,
    values: Annotated[
        bool, typer.Option("--values", help="显示真实的值，可能含个人信息 show the values")
    ] = False,
    encoding: _Encoding = "utf-8",
    on: _On = "",
    element: Annotated[str, typer.Option(help="XML 中一条记录的元素名 a record's element")] = "",
    as_json: AsJson = False,
) -> None:
    """用样例记录试一个映射 (map sample records; values are masked unless asked for).

    有问题的记录逐条列出全部问题：位置、规则、值的样子、怎么办；退出码为 1。什么也不发送、不保存。
    """
    from zhida import mapping_find, mapping_records, mapping_try

    records = mapping_records.read(record, encoding, element)
    found = mapping_try.tried(mapping_find.find(name, on), records, values=values)
    emit(found if as_json else view.tried(found), as_json=as_json, plain=True)
    if not all(row["ok"] for row in found):
        raise typer.Exit(EXIT_PROBLEM)


@mapping.command("diff")
def diff_mappings(
    old: _Named,
    new: _Named,
    sample: Annotated[Path | None, typer.Option(help="样例文件或目录 a file or folder")] = None,
    encoding: _Encoding = "utf-8",
    as_json: AsJson = False,
) -> None:
    """按含义比较两个映射 (rules that differ by meaning; with samples: what comes out differently).

    行号、说明、次序不算。有样例时列出哪些记录的哪些字段不同（只有掩码）、哪些从此有问题。有差异时退出码为 1。
    """
    from dataclasses import asdict

    from mappings import compare
    from zhida import mapping_find, mapping_try

    one, other = mapping_find.find(old), mapping_find.find(new)
    rules: list[dict[str, Any]] = [asdict(each) for each in compare.changes(one.file, other.file)]
    moved = mapping_try.differing(one, other, sample, encoding) if sample else []
    emit({"rules": rules, "records": moved}, as_json=as_json, table=view.differing(rules, moved))
    if rules or moved:
        raise typer.Exit(EXIT_PROBLEM)


@mapping.command("new")
def new_mapping(
    source: Annotated[str, typer.Argument(metavar="FROM", help=_Side)],
    target: Annotated[str, typer.Argument(metavar="TO", help=_Side)],
    name: Annotated[str, typer.Option(help="映射的名称 its name")] = "",
    output: Annotated[Path | None, typer.Option(help="写入的文件；缺省为屏幕 its file")] = None,
) -> None:
    """起草一个映射文件 (equal and near names proposed; everything else is left as todo).

    todo 中的各项逐一决定并删去之前，文件不能使用：没有一个字段会被悄悄略过。
    """
    from zhida import mapping_new

    made, text = mapping_new.drafted(source, target, name or (output.stem if output else ""))
    if output is None:
        emit(text.rstrip("\n"), as_json=False, plain=True)
        return
    mapping_new.write(output, text)
    emit(None, as_json=False, table=f"已写入 {output.name}（{made}）；todo 中的各项决定之后再用")


@mapping.command("docs")
def mapping_docs(
    name: Annotated[str, typer.Argument(metavar="[NAME|FILE]", help="缺省为全部 all if none")] = "",
) -> None:
    """给业务人员看的说明，Markdown (a mapping for the people whose fields these are)."""
    from mappings import compiler
    from zhida import mapping_docs as docs
    from zhida import mapping_find

    found = [name] if name else compiler.names()
    text = "\n".join(docs.page(mapping_find.find(each)) for each in found)
    emit(text.rstrip("\n"), as_json=False, plain=True)
