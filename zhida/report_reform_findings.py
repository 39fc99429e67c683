"""Who has to confirm what the page of the reform says, to find out, to look why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from zhida import report_findings
from zhida.report_findings import Finding
from zhida.report_grants_tables import money
from zhida.watch import Watch

Told = Mapping[str, Any]


def findings(watch: Watch, told: Told) -> list[Finding]:
    """Who has to confirm, to find out, to look why."""
    return [*_baselines(watch, told), *_worse(watch, told), *_unpaid(watch, told["grants"])]


def _unpaid(watch: Watch, grants: Told | None) -> Iterator[Finding]:
    """What firms are entitled to and have not got."""
    if grants is None:
        return
    left = {n: grants["eligible"][n] - grants["paid"][n] for n in ("awards", "fen")}
    if left["awards"]:
        who = report_findings.hub(watch.site)
        yield Finding(f"奖补还有 {money(left)} 没有兑现", who, "停在哪一步，看 zhida report grants")


def _baselines(watch: Watch, told: Told) -> Iterator[Finding]:
    """One line a service: what is unknown, what nobody has confirmed."""
    for service in told["services"]:
        figures = service["figures"]
        unknown = [each for each in figures if each["before"] is None and each["after"]["count"]]
        open_ = [each for each in figures if each["before"] and not each["before"]["confirmed_by"]]
        undated = [each for each in open_ if not each["before"]["as_of"]]
        parts = [f"{_named(unknown)}未知，不能比较"] if unknown else []
        parts += [f"{_named(open_)}没有人确认"] if open_ else []
        parts += ["来源没有写是哪一天的情况"] if undated else []
        if parts:
            what = f"{service['title']}，改革前的数字：{'；'.join(parts)}"
            yield Finding(what, _lead_unit(watch, service), _DO)


_DO = "核对后写 baseline.yaml"


def _named(figures: Iterable[Told]) -> str:
    return "、".join(each["title"].partition("（")[0] for each in figures)


def _worse(watch: Watch, told: Told) -> Iterator[Finding]:
    for service in told["services"]:
        for each in service["figures"]:
            if each["less"] is not None and each["less"] < 0:
                what = f"{service['title']}：{each['title']}比改革前多"
                figure = f"{service['service']}.{each['figure']}"
                do = f"逐件看 zhida report reform --trace {figure}"
                yield Finding(what, _lead_unit(watch, service), do)


def _lead_unit(watch: Watch, service: Told) -> str:
    return report_findings.of_unit(watch.site, service["lead"])
