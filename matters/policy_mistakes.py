"""What is wrong with a policy as a whole, after every part of it was found right by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from exchange.names import nearest
from mappings.yaml_file import escape
from matters.mistakes import Mistake
from matters.policy import Policy, Version
from matters.policy_reading import Known

_DAY = timedelta(days=1)


def find(policy: Policy, known: Known) -> list[Mistake]:
    """Every mistake but those of the examples."""
    return [*_names(policy, known), *_exclusion(policy), *_versions(policy.versions)]


def _names(policy: Policy, known: Known) -> Iterator[Mistake]:
    if policy.group and policy.group not in known.groups:
        near = nearest(policy.group, known.groups)
        yield Mistake("policy.unknown-group", "/group", {"name": policy.group, "nearest": near})
    for i, name in enumerate(policy.not_with):
        if name not in known.policies or name == policy.name:
            near = nearest(name, {*known.policies} - {policy.name})
            yield Mistake(
                "policy.unknown-policy", f"/not_with/{i}", {"name": name, "nearest": near}
            )
    for i, material in enumerate(policy.materials):
        for k, name in enumerate(material.facts):
            if name not in known.facts:
                near = nearest(name, known.facts)
                at = f"/materials/{i}/facts/{k}"
                yield Mistake("policy.unknown-fact", at, {"name": name, "nearest": near})


def _exclusion(policy: Policy) -> Iterator[Mistake]:
    """Who is refused for another award is told the clause: of the version that holds, whichever it is."""
    name, at = policy.exclusion_clause, "/exclusion_clause"
    excludes = next((key for key in ("group", "not_with") if getattr(policy, key)), "")
    if bool(name) != bool(excludes):
        yield Mistake("policy.exclusion-clause", at if name else f"/{excludes}")
        return
    for version in policy.versions if name else ():
        if name not in version.clauses:
            near = nearest(name, version.clauses)
            yield Mistake(
                "policy.exclusion-version",
                at,
                {"name": name, "version": version.name, "nearest": near},
            )


def _versions(versions: Sequence[Version]) -> Iterator[Mistake]:
    for earlier, later in pairwise(versions):
        at = f"/versions/{escape(later.name)}"
        if later.by != earlier.by:
            yield Mistake("policy.by", at, {"name": later.name, "other": earlier.name})
        if later.since <= (earlier.until or date.max):
            yield Mistake("policy.overlap", at, {"name": later.name, "other": earlier.name})


def gaps(policy: Policy) -> list[tuple[date, date]]:
    """The days between versions on which none holds, first and last: perhaps meant, perhaps not."""
    return [
        (earlier.until + _DAY, later.since - _DAY)
        for earlier, later in pairwise(policy.versions)
        if earlier.until and later.since > earlier.until + _DAY
    ]
