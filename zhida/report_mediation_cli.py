"""``zhida report mediation``: what joint mediation has come to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.report_options import Files, First, Last, Trace

if TYPE_CHECKING:
    from zhida.report_mediation import Wanted
    from zhida.report_mediation_training import Training
    from zhida.report_saving import Report

Pack = Annotated[Path | None, typer.Option(help="另写联席会议数据包 data pack for the meeting")]
Train = Annotated[Path | None, typer.Option(help="另写去身份的培训案例 anonymised cases")]


def mediation(
    *,
    first: First = "",
    last: Last = "",
    trace: Trace = "",
    to: Files = None,
    pack: Pack = None,
    training: Train = None,
    as_json: AsJson = False,
) -> None:
    """劳动争议联合调处的成效 (visits, success rate, legal aid, days by step, missed periods, don'ts)。

    不含当事人；数据包和培训案例连案号也没有。--trace 写 agreed、ended、over 等。口径见 docs/how-to/report-mediation.md。
    """
    from matters import ladder_file
    from zhida import report_mediation, report_mediation_findings, report_options, report_telling
    from zhida.hub import open_hub
    from zhida.long_work import counting
    from zhida.report_mediation_training import Training

    wanted = report_mediation.Wanted(*report_options.days(first, last))
    if trace:
        return _trace(wanted, trace, as_json=as_json)
    cases = Training(ladder_file.load(ladder_file.SHIPPED))
    with open_hub() as hub, counting("争议 disputes") as count:
        told = report_mediation.report(hub, wanted, [cases] if training else [], count)
        report = report_mediation_findings.report(hub.site, told, hub.clock())
    told["files"] = [str(each) for each in _save(told, report, pack, cases, training)]
    report_telling.tell(told, report, to=to, as_json=as_json)
    return None if as_json else _tell(told)


def _trace(wanted: Wanted, figure: str, *, as_json: bool) -> None:
    from zhida import report_mediation, report_telling
    from zhida.hub import open_hub
    from zhida.long_work import counting

    with open_hub() as hub, counting("争议 disputes") as count:
        rows = report_mediation.trace(hub, wanted, figure, count)
    report_telling.trace(figure, rows, as_json=as_json)


def _save(
    told: dict[str, Any],
    report: Report,
    pack: Path | None,
    cases: Training,
    training: Path | None,
) -> list[Path]:
    from zhida import report_mediation_pack

    written: list[Path] = []
    if pack:
        written += report_mediation_pack.write(pack, told, report)
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
