"""``zhida report mediation``: what joint mediation has come to."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import emit

if TYPE_CHECKING:
    from zhida.report_mediation_training import Training

First = Annotated[str, typer.Option("--since", help="从这一天起登记的 first day, 2026-01-31")]
Last = Annotated[str, typer.Option("--until", help="到这一天为止登记的 last day, with it")]
Pack = Annotated[Path | None, typer.Option(help="另写联席会议数据包 data pack for the meeting")]
Train = Annotated[Path | None, typer.Option(help="另写去身份的培训案例 anonymised cases")]


def mediation(
    *,
    since: First = "",
    until: Last = "",
    pack: Pack = None,
    training: Train = None,
    as_json: AsJson = False,
) -> None:
    """劳动争议联合调处的成效 (visits, success rate, legal aid, days by step, missed periods, don'ts)。

    不含当事人；数据包和培训案例连案号也没有。口径见 docs/how-to/report-mediation.md。
    """
    from matters import ladder_file
    from zhida import report_mediation, report_mediation_tables, report_sections
    from zhida.hub import open_hub
    from zhida.long_work import counting
    from zhida.report_mediation_training import Training

    ladder = ladder_file.load(ladder_file.SHIPPED)
    wanted = report_mediation.Wanted(_day(since, "--since"), _day(until, "--until"))
    cases = Training(ladder)
    with open_hub() as hub, counting("争议 disputes") as count:
        told = report_mediation.report(hub, wanted, [cases] if training else [], count)
    told["files"] = [str(each) for each in _save(told, pack, cases, training)]
    title = report_mediation_tables.title(told)
    sections = [*report_mediation_tables.sections(told, ladder)]
    emit(told, as_json=as_json, table=report_sections.drawn(title, sections))
    if not as_json:
        _tell(told)


def _save(
    told: dict[str, Any], pack: Path | None, cases: Training, training: Path | None
) -> list[Path]:
    from zhida import report_mediation_pack

    written: list[Path] = []
    if pack:
        written += report_mediation_pack.write(pack, told)
    if training:
        written += cases.write(training)
        told["training"] = cases.told()
    return written


def _tell(told: dict[str, Any]) -> None:
    for each in told["files"]:
        typer.echo(f"已写入 {each}")
    if found := told.get("training"):
        typer.echo(
            f"培训案例 {found['cases']} 件；相同的不足 {found['k']} 件而不给的 {found['withheld']} 件"
        )


def _day(text: str, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{text[:20]}：须写成 2026-01-31", param_hint=option) from None
