"""What is missing: data that a joint service needs and nobody gives, or nobody may give it.

Each gap names who is to do what. Materials of an item count too: a paper that people still have to
bring is data that some unit could give.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from exchange.errors import ZhidaError
from mappings import shapes
from matters import grants
from matters.matter import Item, Matter
from zhida import matter_sources, policy_find
from zhida.catalogue import Catalogue
from zhida.fact_rows import KIND
from zhida.site import Site

NO_PROVIDER, NO_AGREEMENT, NO_PAPER, NO_FACT, NO_DATA = (
    "no-provider", "no-agreement", "no-paper", "no-fact", "no-data",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing."""

    what: str
    document: str
    title: str
    needed_by: str
    """Matter and item, or policy; the title that people know."""
    provider: str
    """The unit that gives it, or would have to; empty: nobody known."""
    receiver: str

    def told(self) -> dict[str, str]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def gaps(catalogue: Catalogue) -> list[Gap]:
    """All of the site's joint services, and of its facts of enterprises."""
    site, day = catalogue.watch.site, catalogue.today
    found = [gap for matter in site.matters.values() for gap in _of_matter(site, matter, day)]
    return list(dict.fromkeys([*found, *_facts(catalogue), *_no_system(catalogue)]))


def _of_matter(site: Site, matter: Matter, day: date) -> Iterator[Gap]:
    givers = matter_sources.providers(site, matter)
    for item in matter.items.values():
        operation = matter_sources.declared(site, item)
        for kind in dict.fromkeys(operation.needs.values() if operation else ()):
            yield from _needed(site, matter, item, kind=kind, givers=givers.get(kind, []), day=day)
        for each in item.materials:
            if each.document not in givers:
                named = f"{matter.title} · {item.title}"
                title = f"{each.title}（{_title(site, each.document)}）"
                yield Gap(NO_PAPER, each.document, title, named, "", item.unit)


def _needed(
    site: Site, matter: Matter, item: Item, *, kind: str, givers: list[str], day: date
) -> Iterator[Gap]:
    named, title = f"{matter.title} · {item.title}", _title(site, kind)
    if not givers:
        yield Gap(NO_PROVIDER, kind, title, named, "", item.unit)
        return
    allowed = [
        a.provider
        for a in site.agreements
        if (a.receiver, a.document, a.purpose) == (item.unit, kind, matter.purpose)
        and a.valid_from <= day <= a.valid_until
    ]
    if not any(unit in allowed for unit in givers):
        yield Gap(NO_AGREEMENT, kind, title, named, givers[0], item.unit)


def _facts(catalogue: Catalogue) -> Iterator[Gap]:
    """Facts of the vocabulary that no source of this site gives: unknown of every firm."""
    site = catalogue.watch.site
    given = {name for each in catalogue.givers for name in each.facts}
    if not given:  # a site without grants
        return
    try:
        known = grants.vocabulary(policy_find.site_policies(site.folder)).facts
    except ZhidaError:  # told by ``zhida check``
        return
    for name, fact in known.items():
        if name not in given:
            yield Gap(NO_FACT, KIND, f"{fact.title}（{name}）", "惠企政策", fact.holder, site.unit)


def _no_system(catalogue: Catalogue) -> Iterator[Gap]:
    """An agreement gives what no system of its provider has."""
    for each in catalogue.resources:
        is_hub = (
            each.provider == catalogue.watch.site.unit
        )  # which writes it itself, where it has to
        if not is_hub and not each.givers and not each.ages:
            for agreement in each.in_force(catalogue.today):
                receiver = agreement.receiver
                yield Gap(NO_DATA, each.document, each.title, agreement.id, each.provider, receiver)


def _title(site: Site, kind: str) -> str:
    try:
        return str(shapes.of(site.folder).shape(kind).get("title", kind))
    except ZhidaError:
        return kind
