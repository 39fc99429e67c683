"""What ``zhida check`` looks at of order finance: the banks, and whose certificates count as firms'."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from exchange.errors import Invalid
from zhida import finance_rules, hub, system_file
from zhida.site import Site

Step = tuple[str, Callable[[], None]]


def steps(site: Site) -> Iterator[Step]:
    """Title → what raises ``Invalid``; nothing for a site that has nothing to do with order finance."""
    if finance_rules.is_there(site.folder):
        yield "订单融资的银行与企业证书", lambda: _rules(site)


def _rules(site: Site) -> None:
    """The file itself, and the systems by which its banks are reached."""
    for bank in finance_rules.load(site).banks.values():
        if bank.feed:
            _system(site, bank.feed)
        if bank.credits:
            system, stream = bank.credits
            _system(site, system)
            if stream not in site.system(system).options["streams"]:
                raise Invalid("feed.no-stream", stream=stream)


def _system(site: Site, name: str) -> None:
    system = site.system(name)
    system_file.check(system, hub.adapter_module(system.adapter), site.folder)
