"""The whole catalogue of grants: facts, groups and policies, as shipped and as a site changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from exchange.errors import Invalid, Problem
from matters import fact_file, group_file, policy_file
from matters.facts import Fact
from matters.policy import Policy, PolicyGroup
from matters.policy_reading import Known

_GROUPS = "groups.yaml"
_NO_POLICY = frozenset({_GROUPS, "tags.yaml"})
"""What lies among a site's policies and is none."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Grants:
    """What there is of grants, by name."""

    facts: Mapping[str, Fact]
    groups: Mapping[str, PolicyGroup]
    policies: Mapping[str, Policy]


@dataclass(frozen=True, slots=True)
class Folder:
    """Where a catalogue's files lie."""

    policies: Path
    """Policies; in a site, ``groups.yaml`` too."""
    facts: Path
    groups: Path

    @classmethod
    def shipped(cls, root: Path = Path(__file__).with_name("grants")) -> Folder:
        """As we lay it out."""
        return cls(root / "policies", root / "facts", root / _GROUPS)

    @classmethod
    def of_site(cls, policies: Path) -> Folder:
        """A site's ``policies`` folder."""
        return cls(policies, policies / "facts", policies / _GROUPS)

    def files(self) -> dict[str, Path]:
        """Policy → its file."""
        found = sorted(self.policies.glob("*.yaml"))
        return {path.stem: path for path in found if path.name not in _NO_POLICY}


def load(site: Path | None = None, shipped: Folder | None = None) -> Grants:
    """Everything; ``Invalid`` tells every mistake of every file. ``site``: its ``policies`` folder.

    A site's policy takes the place of the shipped one of its name, and so do its facts and groups.
    """
    folders = _folders(site, shipped)
    problems: list[Problem] = []
    known = _known(folders, problems)
    if problems:
        raise Invalid.of(problems)
    read = {
        name: _tried(partial(policy_file.load, path, known), problems)
        for name, path in _paths(folders).items()
    }
    if problems:
        raise Invalid.of(problems)
    policies = {name: policy for name, policy in read.items() if policy is not None}
    return Grants(known.facts, known.groups, policies)


def vocabulary(site: Path | None = None, shipped: Folder | None = None) -> Known:
    """What a policy may name, without reading any policy: for who reads only one of them."""
    problems: list[Problem] = []
    known = _known(_folders(site, shipped), problems)
    if problems:
        raise Invalid.of(problems)
    return known


def _folders(site: Path | None, shipped: Folder | None) -> list[Folder]:
    ours = shipped or Folder.shipped()
    return [ours] if site is None else [ours, Folder.of_site(site)]


def _paths(folders: list[Folder]) -> dict[str, Path]:
    return {name: path for folder in folders for name, path in folder.files().items()}


def _known(folders: list[Folder], problems: list[Problem]) -> Known:
    facts: dict[str, Fact] = {}
    groups: dict[str, PolicyGroup] = {}
    for folder in folders:
        facts |= _facts(folder, problems)
        if folder.groups.is_file():
            groups |= _tried(partial(group_file.load, folder.groups), problems) or {}
    return Known(facts, groups, frozenset(_paths(folders)))


def _facts(folder: Folder, problems: list[Problem]) -> dict[str, Fact]:
    """Of one folder; there each fact is told once."""
    facts: dict[str, Fact] = {}
    for path in sorted(folder.facts.glob("*.yaml")):
        read = _tried(partial(fact_file.load, path), problems) or {}
        problems.extend(_twice(read, facts, path.name))
        facts |= read
    return facts


def _twice(read: Mapping[str, Fact], facts: Mapping[str, Fact], file: str) -> Iterator[Problem]:
    for name in read:
        if name in facts:
            told = {"file": file, "name": name, "holder": facts[name].holder}
            yield Problem("policy.fact-twice", told)


def _tried(read: Callable[[], _T], problems: list[Problem]) -> _T | None:
    try:
        return read()
    except Invalid as error:
        problems.extend(error.problems)
        return None
