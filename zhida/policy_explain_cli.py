"""``zhida policy explain``: why one firm gets a grant or not, for one viewer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import emit, show


def explain(
    which: Annotated[str, typer.Argument(help="政策标识或草稿文件 name or file")],
    uscc: Annotated[str, typer.Argument(help="统一社会信用代码 the firm's code")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="决定日；缺省今天 day of decision")
    ] = None,
    unit: Annotated[str, typer.Option("--for", help="以哪个单位的身份看 seen by which unit")] = "",
    as_json: AsJson = False,
) -> None:
    """一家企业为什么符合或不符合：逐条条款、值、门槛、来源 (criterion by criterion).

    协议不允许该单位看的值只显示符合、不符合、未知；每次查看都记入账本。
    """
    from exchange import times
    from mappings.identifiers import gb32100
    from zhida import policy_explained
    from zhida.hub import open_hub

    firm = gb32100.validate(uscc)
    with open_hub() as hub:
        day = on.date() if on else times.civil_day(hub.clock())
        told = policy_explained.of_firm(hub, which, firm, day, unit=unit or hub.site.unit)
    emit(told, as_json=as_json, table=_table(told))


def _table(told: dict[str, Any]) -> Any:
    from rich.console import Group

    rows = [
        line
        | {"text": "  " * line["depth"] + line["text"], "clause": line.get("clause", "")}
        | {"value": line.get("value", ""), "as_of": line.get("as_of", "")[:10]}
        | {"holder": "、".join(each["title"] for each in line.get("holders", ()))}
        | {"sign": "◀" if line.get("hinges") else ""}
        for line in told["criteria"]
    ]
    columns = {"clause": "条款", "text": "条件", "verdict": "", "value": "值", "holder": "来源"}
    columns |= {"as_of": "数据时间", "sign": "取决于"}
    title = f"{told['title']}：{told['verdict_zh']}，{told['because']}"
    rest = [f"奖补：{told.get('award', '-')}"]
    rest += [f"金额：{told['amount']}"] if "amount" in told else []
    rest += [
        f"待核实：{each['title']}（{each['holder_title']}）" for each in told.get("missing", ())
    ]
    rest += [_excluded(each) for each in told.get("exclusions", ())]
    return Group(show(rows, columns, title=title), *rest)


def _excluded(told: dict[str, str]) -> str:
    effect = {"nothing": "不予兑现", "less": "扣减"}[told["effect"]]
    clause = f"《{told['title']}》条款{told['clause']}：{told['clause_text']}"
    return f"{effect}：{told['text']}（{clause}）"
