"""What ``zhida check`` looks at of grants: policies, where facts come from, who decides, who pays.

Only what the files together tell; each step tells all of its mistakes with the nearest names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial

from exchange.errors import Fact, Forbidden, Invalid, Problem
from exchange.names import nearest
from matters import files, grants
from matters.grants import Grants
from zhida import (
    fact_sync,
    grant_awards,
    grant_lists,
    grant_payers,
    grant_people,
    grants_file,
    policy_find,
)
from zhida.grants_file import FactSource
from zhida.grants_schema import FILE, SCHEMA
from zhida.site import Site

Step = tuple[str, Callable[[], None]]


def steps(site: Site, day: date) -> Iterator[Step]:
    """Title → what raises ``Invalid``; nothing for a site that has nothing to do with grants."""
    lists, awards = grant_lists.MATTER in site.matters, grant_awards.MATTER in site.matters
    known: list[Grants] = []
    if lists or awards or policy_find.site_policies(site.folder):
        yield "惠企政策", partial(_policies, site, known)
    if (site.folder / FILE).is_file():
        yield "惠企政策的事实来源", partial(_sources, site, day)
    if lists and known:  # what rests on policies that can't be read would be told twice
        yield "奖补经办人", lambda: _refuse(grant_people.mistakes(site, *known))
    if awards and known:
        yield "奖补的支付渠道", lambda: _refuse(grant_payers.mistakes(site, *known))


def _policies(site: Site, known: list[Grants]) -> None:
    """Every file is read, with its examples; a fact's holder is a unit, or one of the shipped ones."""
    found = policy_find.catalogue(site.folder)
    _refuse(_holders(site))
    known.append(found)


def _holders(site: Site) -> Iterator[Problem]:
    facts = grants.vocabulary(policy_find.site_policies(site.folder)).facts
    shipped = {each.holder for each in grants.vocabulary().facts.values()}
    known = {*site.units, *shipped}
    for holder in sorted({each.holder for each in facts.values()} - known):
        told = {"file": f"{policy_find.FOLDER}/facts", "unit": holder}
        yield Problem("site.no-unit", {**told, "nearest": nearest(holder, known)})


def _sources(site: Site, day: date) -> None:
    """Systems, streams and facts that are not there; agreements that do not let the hub have them."""
    told = grants_file.load(site)
    found = files.read(site.folder / FILE, SCHEMA)
    _refuse(
        problem
        for index, source in enumerate(told.sources)
        for problem in _source(site, source, day, found.line(f"/facts/{index}"))
    )


def _source(site: Site, source: FactSource, day: date, line: int) -> Iterator[Problem]:
    streams = site.systems[source.system].options.get("streams", {})
    if source.stream not in streams:
        near = nearest(source.stream, streams)
        told: dict[str, Fact] = {"file": FILE, "line": line, "system": source.system}
        yield Problem("grants.no-stream", told | {"stream": source.stream, "nearest": near})
    elif streams[source.stream].get("custody") == "unit" and not source.whole:
        yield Problem("facts.signed-changes", {"system": source.system})
    try:
        fact_sync.permitted(site, source, day)
    except Forbidden as error:
        yield from error.problems


def _refuse(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise Invalid.of(found)
