"""The kit's words for a person: where everything is, what to do, how the client stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from sandbox import bank_requirements
from sandbox.bank_requirements import MARKS, WORDS
from sandbox.bank_situations import Situation

_MARKED = {"met": "green", "broken": "red", "unseen": "dim"}


def introduce(told: Mapping[str, Any], situations: Iterable[Situation], console: Console) -> None:
    """Where it is, and what to do, for a person."""
    console.rule("直达 Zhida · 银行接口自测")
    console.print(f"地址        {told['address']}")
    console.print(f"错误的地址  {told['wrong_address']}（证书不是约定的机构签发的，应当连不上）")
    console.print(f"给银行的    {told['folder']}：kit.json 写明各文件，situations.json 是各个情形")
    console.print("")
    for each in situations:
        console.print(f"{each.name:<9} {each.text}")
    console.print("")
    for wanted in bank_requirements.requirements():
        console.print(f"· {wanted.title}：{wanted.todo}")
    console.print("")
    console.print(
        "对账问当天即可：这里另有一个把钟拨快一天的中枢，只答对账。按 Ctrl-C 结束并出报告。"
    )


def table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """The report, for a person."""
    found = Table(title="自测报告")
    for column in ("", "要求", "结果", "哪里、怎么办"):
        found.add_column(column)
    for row in rows:
        colour = _MARKED[row["state"]]
        calls = "、".join(f"第 {each['number']} 次 {each['call']}" for each in row["calls"][:2])
        parts = [row.get("broken", ""), calls, row.get("remedy", ""), row.get("todo", "")]
        text = "\n".join(each for each in parts if each)
        mark = f"[{colour}]{MARKS[row['state']]}[/]"
        found.add_row(mark, row["title"], WORDS[row["state"]], text)
    return found
