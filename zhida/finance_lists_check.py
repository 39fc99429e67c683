"""What ``zhida check`` looks at of order finance's rules: what a site has instead of the shipped files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from matters import core_list_file, finance_events_file, finance_file, finance_reasons
from zhida.site import Site

Step = tuple[str, Callable[[], None]]


def steps(site: Site) -> Iterator[Step]:
    """Title → what raises ``Invalid``; nothing for a site that has no such files of its own."""
    if _has(site.folder, finance_file.SHIPPED) or _has(site.folder, finance_reasons.SHIPPED):
        yield "订单融资的核验事项和原因代码", partial(_checks, site.folder)
    if _has(site.folder, finance_events_file.SHIPPED):
        yield "订单融资的贷后事件", partial(_events, site.folder)
    if _has(site.folder, core_list_file.SHIPPED):
        yield "核心企业名单", partial(_core, site.folder)


def _has(folder: Path, shipped: Path) -> bool:
    return (folder / finance_file.FOLDER / shipped.name).is_file()


def _checks(folder: Path) -> None:
    finance_file.of_site(folder)


def _events(folder: Path) -> None:
    finance_events_file.of_site(folder, finance_file.of_site(folder))


def _core(folder: Path) -> None:
    core_list_file.of_site(folder)
