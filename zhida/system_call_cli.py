"""``zhida system call``: rehearse an operation, try a sample answer, or read for real."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson, Reason
from zhida.output import EXIT_PROBLEM, emit

if TYPE_CHECKING:
    from exchange.ports import Adapter, Prepared
    from mappings.shapes import Shapes
    from zhida.site import System
    from zhida.system_read import Question


def call(  # noqa: PLR0913 (each is an option of the command)
    name: Annotated[str, typer.Argument(help="系统标识 the system's name")],
    operation: Annotated[str, typer.Argument(help="操作 the operation")],
    file: Annotated[
        Path, typer.Option("--input", help="各输入数据，JSON 或 YAML，以输入名为键 the inputs")
    ],
    *,
    answer: Annotated[
        Path | None, typer.Option("--answer", help="用样例应答试读规则，不发送 try a sample answer")
    ] = None,
    probe: Annotated[
        bool, typer.Option("--probe", help="样例是查询的应答 the sample answers the probe")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只演练不发送 send nothing")] = False,
    agreement: Annotated[
        list[str] | None,
        typer.Option(help="真实查询所依据的共享协议，可多次 the agreement of a real read"),
    ] = None,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """演练一个操作：生成并检查报文，取值以掩码显示 (make the wire's message, masked).

    加 --answer：用对方文档里的样例应答（JSON、XML 文本、SOAP 信封、回执文件）试读系统文件的规则，
    逐条显示，什么也不发送；样例读得懂时退出码为 0，结果未知时为 1。
    两者都不加时只做查询：须有操作人、理由和 --agreement 指明的有效协议（每个输入一份），只带协议允许、
    查询所需的标识字段，守时段和频率，先记入账本再发出。会产生办理效果的操作不从这里办。
    """
    from mappings import shapes
    from zhida import site, system_call
    from zhida.environment import site_folder
    from zhida.system_read import Question

    if probe and answer is None:
        raise typer.BadParameter("须与 --answer 同用 needs --answer", param_hint="--probe")
    told = site.load(site_folder())
    system = told.system(name)
    adapter, known = system_call.open_adapter(told, system), shapes.of(told.folder)
    try:
        given = system_call.inputs(file)
        message = system_call.prepared(adapter, operation, given, known)
        if answer is not None:
            _try(adapter, message, answer, known, probe=probe, as_json=as_json)
            return
        system_call.refuse_effect(adapter, operation, rehearsal=dry_run)
        extra = system_call.headers(adapter, message) if dry_run else {}
    finally:
        adapter.close()
    shown = system_call.shown(message) | extra | {"sent": False}
    asked = Question(operation, given, agreement or ())
    found = shown if dry_run else _read(system, asked, reason)
    emit(found if as_json else _for_people(found), as_json=as_json, plain=True)


def _try(
    adapter: Adapter,
    message: Prepared,
    sample: Path,
    known: Shapes,
    *,
    probe: bool,
    as_json: bool,
) -> None:
    from zhida import files, sample_answer, sample_answer_text, system_call

    raw = files.read(sample, system_call.MOST_BYTES)
    trial = sample_answer.rehearsed(adapter, message, raw, probe=probe)
    gives = adapter.operations[message.operation].gives
    found = sample_answer.told(trial, gives, known)
    text = sample_answer_text.for_people(message.operation, found)
    told = system_call.shown(message) | {"sent": False, "answer": found}
    emit(told if as_json else text, as_json=as_json, plain=True)
    if not sample_answer.is_understood(found):
        raise typer.Exit(EXIT_PROBLEM)


def _for_people(found: dict[str, Any]) -> str:
    told = "已发送" if found["sent"] else "只演练，没有发送"
    lines = [f"操作 {found['operation']}（{told}）", "报文（取值以掩码显示）："]
    lines.append(json.dumps(found["message"], ensure_ascii=False, indent=1))
    if "headers" in found:
        lines.append("HTTP 头（签名已按此时生成，取值以掩码显示）：")
        lines.append(json.dumps(found["headers"], ensure_ascii=False, indent=1))
    if "answer" in found:
        lines += ["应答：", json.dumps(found["answer"], ensure_ascii=False, indent=1)]
    return "\n".join(lines)


def _read(system: System, question: Question, reason: str) -> dict[str, Any]:
    from zhida import system_call, system_read
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    with open_hub() as hub:
        who = this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
        sent, answer = system_read.read(hub, who, system, question, reason=reason)
    return system_call.shown(sent) | {"sent": True, "answer": system_call.answered(answer)}
