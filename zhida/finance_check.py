"""What ``zhida check`` looks at of order finance: the banks, and whose certificates count as firms'."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from zhida import finance_rules
from zhida.site import Site

Step = tuple[str, Callable[[], None]]


def steps(site: Site) -> Iterator[Step]:
    """Title → what raises ``Invalid``; nothing for a site that has nothing to do with order finance."""
    if finance_rules.is_there(site.folder):
        yield "订单融资的银行与企业证书", lambda: _rules(site)


def _rules(site: Site) -> None:
    finance_rules.load(site)
