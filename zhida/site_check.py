"""``zhida check``: every step of opening the site, each told with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from crypto import sm2
from exchange import times
from exchange.agreement import Flow, permit
from exchange.errors import Invalid, Problem, ZhidaError
from exchange.ports import utc_now
from exchange.problems import describe
from exchange.store import schema
from mappings import shapes, site_codes, site_files
from zhida import (
    acceptance_check,
    agreement_check,
    baseline,
    baseline_schema,
    catalogue_file,
    catalogue_schema,
    duty_file,
    duty_schema,
    finance_check,
    finance_lists_check,
    grants_check,
    matter_check,
    mediation_check,
    operators,
    outside_file,
    serve_file,
    site,
    site_words,
    sync_check,
    system_wire,
)
from zhida.environment import site_folder
from zhida.hub import Hub, open_hub
from zhida.site import Site, System
from zhida.site_operators import Operator

T = TypeVar("T")


def check_site() -> list[dict[str, Any]]:
    """One row a step: ``step``, ``ok``, ``what``, ``remedy``, ``code``."""
    rows: list[dict[str, Any]] = []
    told = _try(rows, "站点文件", lambda: site.load(site_folder()))
    if told is None:
        return rows
    rows[-1]["what"] = _sizes(told)
    for system in _idle(told):
        _try(rows, f"系统 {system.title}", lambda system=system: system_wire.checked(told, system))  # type: ignore[misc]
    for matter in told.matters.values():
        _try(
            rows, f"主题 {matter.title}", partial(matter_check.check, told, matter, _today()), told
        )
    _try(rows, "协议的字段", partial(agreement_check.check, told, _today()), told)
    for step, run in (
        *grants_check.steps(told, _today()),
        *mediation_check.steps(told),
        *acceptance_check.steps(told),
        *finance_lists_check.steps(told),
        *finance_check.steps(told),
        *outside_file.steps(told),
        *_optional(told),
        *sync_check.steps(told, _today()),
    ):
        _try(rows, step, run)
    if serve_file.is_there(told.folder):
        _try(rows, "中枢接口", lambda: serve_file.load(told) and None)
    _try(rows, "国密算法自检", lambda: sm2.provider() and None)
    _try(rows, "密钥、证书、数据库、适配器", lambda: rows.extend(_opened()))
    for folder, step, problems in _OWN:
        if (told.folder / folder).is_dir():
            _try(rows, step, lambda problems=problems: _right(problems(told.folder)))  # type: ignore[misc]
    return rows


def _today() -> date:
    return times.civil_day(utc_now())


def _idle(told: Site) -> list[System]:
    """The systems that no item names: the others are opened below."""
    used = {
        told.system_of(item).name for each in told.matters.values() for item in each.items.values()
    }
    return [system for system in told.systems.values() if system.name not in used]


_OWN: tuple[tuple[str, str, Callable[[Path], Iterator[Problem]]], ...] = (
    (shapes.FOLDER, "数据种类", shapes.problems),
    (site_codes.FOLDER, "代码表", site_codes.problems),
    (site_files.FOLDER, "映射文件", site_files.problems),
)
"""What a site brings itself: it is right in itself, and replaces nothing that is shipped.

Mappings compile, pass their own tests and forget no field.
"""


_OPTIONAL: tuple[tuple[str, str, Callable[[Site], object]], ...] = (
    ("数据目录", catalogue_schema.FILE, catalogue_file.load),
    ("改革前的数字", baseline_schema.FILE, baseline.load),
    ("值班表", duty_schema.FILE, duty_file.load),
)
"""Files that a site may have, each right in itself and against the rest of the site."""


def _optional(told: Site) -> Iterator[tuple[str, Callable[[], object]]]:
    for step, file, load in _OPTIONAL:
        if (told.folder / file).is_file():
            yield step, lambda load=load: load(told) and None  # type: ignore[misc]


def _right(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise Invalid.of(found)


def _sizes(told: Site) -> str:
    return (
        f"{len(told.units)} 个单位，{len(told.systems)} 个系统，"
        f"{len(told.agreements)} 份协议，{len(told.matters)} 个主题"
    )


def _opened() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    with open_hub() as hub:
        _try(rows, "数据库结构", lambda: schema.require_current(hub.store))
        rows += _agreements(hub)
        for who in hub.site.operators.values():
            _try(rows, f"操作人 {who.title}", lambda who=who: _certificate(hub, who))  # type: ignore[misc]
        for name, step in _operations(hub):
            _try(rows, name, step)
    return rows


def _agreements(hub: Hub) -> list[dict[str, Any]]:
    """A row for each flow that no agreement allows today: its items would be parked."""
    flows = {Flow(a.provider, a.receiver, a.document, a.purpose) for a in hub.site.agreements}
    rows: list[dict[str, Any]] = []
    day = times.civil_day(hub.clock())
    for flow in sorted(flows, key=astuple):
        _try(rows, "共享协议", partial(permit, hub.site.agreements, flow, day), hub.site)
    return [row for row in rows if not row["ok"]] or rows[:1]


def _certificate(hub: Hub, who: Operator) -> None:
    """Can this person sign anything now?"""
    operators.valid_certificate(hub.site, who, hub.clock())


def _operations(hub: Hub) -> Iterator[tuple[str, Callable[[], Any]]]:
    for matter in hub.site.matters.values():
        for item in matter.items.values():
            yield f"{matter.title}·{item.title}", lambda item=item: hub.operation(item)  # type: ignore[misc]


def _try(
    rows: list[dict[str, Any]], step: str, run: Callable[[], T], told_by: Site | None = None
) -> T | None:
    """Run a step and append its row, or a row for each of its problems, in the names of the site."""
    try:
        result = run()
    except ZhidaError as error:
        for problem in error.problems:
            what, remedy = _described(problem, told_by)
            told = {"step": step, "ok": False, "code": problem.code}
            rows.append(told | {"what": what, "remedy": remedy})
        return None
    rows.append({"step": step, "ok": True, "code": "", "what": "正常", "remedy": ""})
    return result


def _described(problem: Problem, told_by: Site | None) -> tuple[str, str]:
    if told_by is None:
        return describe(problem.code, problem.facts)
    return site_words.describe(told_by, problem.code, problem.facts, "zh")
