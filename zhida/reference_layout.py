"""The fixed-width files for banks, for people: out of the very table by which they are written."""

from __future__ import annotations

from zhida.finance_layout import BOOKS, EVENTS, Line
from zhida.reference_tables import table

_LEAD = (
    "收文件的银行（[怎样选](../how-to/bank-feeds.md)）得到两种定长文件。GBK 编码，宽度按字节计，每行后一个换行符（LF）；第一个字节是行标。"
    "`X` 是文本，左对齐，右边补空格；`9` 是数字，右对齐，左边补 0。写不下的、GBK 没有的字不截断、不替换，而是停下来告警。"
    "尾行的摘要是它之前所有字节（含换行符）的 SHA-256：传输须用二进制方式。"
    "In English: the fixed-width files, written by this very table."
)
_FILES = (
    (
        "贷后事件",
        "`EVENTS_‹银行›_‹YYYYMMDD›_‹首号›-‹末号›.txt`，编号各 10 位；同名 `.jsonl` 每行一个签名的事件。",
        EVENTS,
    ),
    (
        "对账文件",
        "`BOOKS_‹银行›_‹YYYYMMDD›.txt`，每天一个，没有往来的日子也有。明细行按账目行的字节排序。",
        BOOKS,
    ),
)


def parts() -> list[str]:
    """Paragraphs and tables, under one heading."""
    found = ["## 定长文件", _LEAD]
    for title, text, lines in _FILES:
        found += [f"### {title}", text]
        for line in lines:
            found += [f"行标 `{line.mark}`：{line.title}，{line.width} 字节", _columns(line)]
    return found


def _columns(line: Line) -> str:
    rows, place = [["1", "1", "X", "", "行标", f"`{line.mark}`"]], 2
    for each in line.columns:
        name = f"`{each.name}`"
        rows.append([str(place), str(each.width), each.form, name, each.title, each.text])
        place += each.width
    return table(["起", "宽", "类型", "字段", "名称", "说明"], rows)
