"""Does an agreement give more than its receiver uses? Then the field is not to travel at all.
Does it give data of children and say nothing of notice or consent? Then nothing is to travel.

An agreement says what a unit may have; the mappings of the operations that get the document say
what is done with it. A field that none of them uses was agreed on for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from exchange.agreement import Agreement
from exchange.errors import Invalid, Problem, ZhidaError
from exchange.ports import Operation
from mappings import shapes, site_files
from mappings.used import Used, of_input
from matters.matter import Item
from zhida import hub, matter_sources, oa_task, serve_file
from zhida.serve_rights import SHOWS
from zhida.site import Site

Readers = dict[str, Used]
"""By the mapping, or by what else asks (``identity``)."""
IDENTITY = "identity"


def check(site: Site, day: date) -> None:
    """``Invalid`` with every field that nobody uses, of each agreement that has not ended."""
    found = [
        problem
        for agreement in site.agreements
        if day <= agreement.valid_until
        for problem in (*unused(site, agreement), *unprotected(site, agreement))
    ]
    if found:
        raise Invalid.of(found)


def unprotected(site: Site, agreement: Agreement) -> Iterator[Problem]:
    """Data of children travel only where their guardians were told, or have agreed.

    Personal Information Protection Law, articles 28 to 31 (consent), 34 and 35 (notice).
    """
    try:
        sensitive = shapes.of(site.folder).find(agreement.document).sensitive
    except ZhidaError:  # a kind that is wrong is told with itself
        return
    if sensitive and not (agreement.notice or agreement.consent):
        facts = {"agreement": agreement.id, "document": agreement.document}
        yield Problem("site.no-notice", facts)


def unused(site: Site, agreement: Agreement) -> Iterator[Problem]:
    """Its fields that no receiving operation takes; none if one's use is not declared."""
    if agreement.document == oa_task.KIND:  # a person reads it
        return
    try:
        if _is_shown(site, agreement):
            return
        readers = _readers(site, agreement)
        shape = shapes.of(site.folder).find(agreement.document)
    except ZhidaError:  # a mapping, a kind or a system that is wrong is told with itself
        return
    if not readers:
        return
    named = ", ".join(name for name in readers if name != IDENTITY) or IDENTITY
    strange = [name for name in agreement.fields if not _is_there(name, shape.leaves)]
    for leaf in [*filter(agreement.covers, shape.leaves), *strange]:
        if not any(used.takes(leaf) for used in readers.values()):
            reasons = {used.reason(leaf) for used in readers.values()} - {"-"}
            facts = {"agreement": agreement.id, "path": leaf, "mapping": named}
            yield Problem(
                "site.unused-field", facts | {"reason": ", ".join(sorted(reasons)) or "-"}
            )


def _is_shown(site: Site, agreement: Agreement) -> bool:
    """Does the receiver's own program see it at the endpoint, all of it, whatever its items use?"""
    if not serve_file.is_there(site.folder):
        return False
    clients = serve_file.load(site).clients.values()
    rights = [right for each in clients if each.unit == agreement.receiver for right in each.may]
    return any(agreement.document in SHOWS.get(right, ()) for right in rights)


def _is_there(name: str, leaves: Mapping[str, str]) -> bool:
    """Does a field of an agreement stand for any leaf of the kind?"""
    below = name.removesuffix("*") if name.endswith("/*") else f"{name}/"
    is_open = any(
        kind in ("object", "") and below.startswith(f"{leaf}/") for leaf, kind in leaves.items()
    )
    return name in leaves or is_open or any(leaf.startswith(below) for leaf in leaves)


def _readers(site: Site, agreement: Agreement) -> Readers:
    """Who of the receiver gets the document for that purpose; empty if not all are known."""
    found: Readers = {}
    for matter in site.matters.values():
        for item in matter.items.values() if matter.purpose == agreement.purpose else ():
            operation = matter_sources.declared(site, item)
            if item.unit != agreement.receiver or operation is None:
                continue
            for name in [n for n, kind in operation.needs.items() if kind == agreement.document]:
                mappings = _mappings(site, item)
                if mappings is None:
                    return {}
                found |= _uses(site, operation, name, mappings)
    return found


def _mappings(site: Site, item: Item) -> tuple[str, ...] | None:
    """Those that make the operation's request; None if its adapter does not say."""
    system = site.system_of(item)
    module = hub.adapter_module(system.adapter)
    if not hasattr(module, "requests") or matter_sources.streams(site, system) is None:
        return None
    known: Mapping[str, tuple[str, ...]] = module.requests(system.options)
    return known.get(item.operation)


def _uses(site: Site, operation: Operation, name: str, mappings: tuple[str, ...]) -> Readers:
    told = [*operation.identity, *operation.occurrence, *getattr(operation, "asks", ())]
    asked = [path.partition("/") for path in told]
    found = {IDENTITY: Used(frozenset(f"/{rest}" for first, _, rest in asked if first == name), {})}
    for each in mappings:
        file = site_files.load(each, site.folder).file
        found[each] = of_input(file, "" if "" in file.inputs else name)
    return found
