"""The steps of a night, as Airflow and the command line do them: snapshot, match, push, clawback, advance.

Each may be done again: a snapshot that has a run gets no second one, a run that died is taken up, and
what has moved on moves no further by itself. Facts are taken in apart (``fact_steps``): the night uses
what is there, and sources that are late are told of.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping

from exchange import times
from exchange.store import grant_rows
from exchange.store.grant_rows import RunRow
from zhida import grant_advance, grant_clawbacks, grant_lists, grant_people, policy_find
from zhida.grant_advance import Rules
from zhida.grant_run import MATCHED, Running, Tell
from zhida.hub import Hub


def snapshot(hub: Hub, tell: Callable[[int], None] = lambda _: None) -> dict[str, int]:
    """Freeze what is known now: how many firms, and how many sources were fresh."""
    from zhida import fact_look, grants_file
    from zhida.snapshot_take import Taking

    told = grants_file.load(hub.site)
    fact_look.watch(hub, told)
    made = Taking(hub, told, tell=tell).run()
    states = Counter(str(source.state) for source in made.sources)
    return {"firms": made.count, **states}


def match(hub: Hub, beginning: str = "", tell: Tell = lambda *_: None) -> dict[str, int]:
    """The newest snapshot (or the one that is named) against all policies: what came of it."""
    from zhida import snapshot as snapshots

    frozen = snapshots.find(hub, beginning)
    with hub.store.read() as connection:
        newest = grant_rows.runs(connection, state=MATCHED, limit=1)
    if newest and newest[0].snapshot == frozen.id:
        return counted(newest[0])
    day = times.civil_day(times.instant(frozen.as_of))
    found = Running(hub, policy_find.catalogue(hub.site.folder), tell).run(frozen, day)
    return counted(found) if found else {}


def counted(run: RunRow) -> dict[str, int]:
    """Firms and policies of a run, added up."""
    told: Mapping[str, Mapping[str, int]] = json.loads(run.counts)
    names = ("passed", "failed", "unknown", "matched")
    return {name: sum(each.get(name, 0) for each in told.values()) for name in names}


def push(hub: Hub) -> dict[str, int]:
    """Firms are told what they qualify for, each policy's version once; nothing without its matter."""
    from zhida import grant_push, grants_file, push_channels
    from zhida import snapshot as snapshots

    if push_channels.MATTER not in hub.site.matters:
        return {}
    channels, frozen = grants_file.load(hub.site).push, snapshots.find(hub)
    known = policy_find.catalogue(hub.site.folder)
    return grant_push.Pushing(hub, known, channels).push(frozen)


def clawback(hub: Hub) -> dict[str, int]:
    """Whom a policy asks back by the newest facts: candidates on which two people decide."""
    from zhida import snapshot as snapshots

    policies = policy_find.catalogue(hub.site.folder).policies
    return grant_clawbacks.check(hub, policies, snapshots.find(hub))


def advance(hub: Hub) -> dict[str, int]:
    """Applications, lists, cases, batches and payments go on as far as they can."""
    applied = _applications(hub)
    waits = grant_lists.wait(hub)  # to read all policies takes seconds
    policies = policy_find.catalogue(hub.site.folder).policies if waits else {}
    rules = Rules(policies, grant_people.of_site(hub.site))
    return applied | grant_advance.advance(hub, rules)


def _applications(hub: Hub) -> dict[str, int]:
    """What could not be decided within its call."""
    from zhida import application_case, application_ending, grants_served

    if application_case.MATTER not in hub.site.matters:
        return {}
    rules = grants_served.rules_of(hub, policy_find.catalogue(hub.site.folder))
    told = application_ending.conclude_all(rules)
    return {f"applications_{word}": number for word, number in told.items()}


STEPS: Mapping[str, Callable[[Hub], dict[str, int]]] = {
    "snapshot": snapshot,
    "match": match,
    "push": push,
    "clawback": clawback,
    "advance": advance,
}
"""In the order of a night."""
