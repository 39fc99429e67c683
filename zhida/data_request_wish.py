"""What a request for data may ask for, by what the catalogue knows; and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exchange.errors import Invalid, Problem
from exchange.names import nearest
from exchange.pointer import covers
from zhida import report_findings
from zhida.catalogue import Catalogue, Resource
from zhida.data_request import AGREED, OPEN, Request, Wish
from zhida.hub import Hub
from zhida.site import Site
from zhida.watch import Watch


def checked(
    hub: Hub, resource: str, *, receiver: str, purpose: str, basis: str, fields: Sequence[str]
) -> Wish:
    """The wish. ``Invalid`` tells every mistake: unit, fields that there are not, what is given already."""
    catalogue = Catalogue(Watch(hub.site, hub.store, hub.clock))
    found = catalogue.find(resource)
    if len(found) != 1:
        known = " | ".join(each.key for each in found)
        raise Invalid("request.which", resource=resource[:80], known=known)
    wish = Wish(found[0].document, found[0].provider, receiver, purpose, basis, tuple(fields))
    problems = list(_mistakes(catalogue, found[0], wish))
    if problems:
        raise Invalid.of(problems)
    return wish


def _mistakes(catalogue: Catalogue, found: Resource, wish: Wish) -> Iterator[Problem]:
    site = catalogue.watch.site
    if wish.receiver not in site.units:
        near = nearest(wish.receiver, site.units)
        yield Problem("request.no-unit", {"unit": wish.receiver[:80], "nearest": near})
    if not wish.basis.strip():
        yield Problem("request.no-basis", {})
    known = [each.path for each in found.fields]
    for path in wish.fields:
        if not any(covers((path,), each) for each in known):
            near = nearest(path, known)
            yield Problem("request.no-field", {"path": path[:80], "nearest": near})
    given = [a for a in found.in_force(catalogue.today) if _is_for(a.receiver, a.purpose, wish)]
    for each in given:
        if all(each.covers(path) for path in wish.fields):
            yield Problem("request.given-already", {"agreement": each.id})


def _is_for(receiver: str, purpose: str, wish: Wish) -> bool:
    return (receiver, purpose) == (wish.receiver, wish.purpose)


def whose_turn(site: Site, found: Request) -> str:
    """The provider, to answer and then to give; empty when nothing is left to do."""
    if found.state not in (OPEN, AGREED):
        return ""
    unit = site.units.get(found.wish.provider)
    return report_findings.who(unit.title, unit.contact) if unit else found.wish.provider
