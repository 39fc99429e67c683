"""A grant policy's YAML file (docs/policy-format.md) to ``Policy``: every mistake at once, by line."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from exchange import canonical
from exchange.errors import Invalid, Problem
from mappings.yaml_file import YamlFile
from matters import criteria_file, files, policy_examples, policy_mistakes, policy_versions
from matters.mistakes import Mistake
from matters.policy import Baseline, Clawback, Material, Policy, Version
from matters.policy_reading import Known, Reading
from matters.policy_schema import SCHEMA

_AS_THEY_STAND = (
    *("title", "mode", "tier", "provenance", "department", "fund", "route"),
    *("confirm", "publicity", "unknown_means", "times"),
)


def load(path: Path, known: Known) -> Policy:
    """Read a policy's file. ``Invalid`` tells every mistake with its line."""
    found = files.read(path, SCHEMA, days=True)
    return _whole(found, known, path.name, name=path.stem)


def of_text(text: str, known: Known, name: str) -> Policy:
    """The same of a text that no file holds yet; ``name``: that of the policy."""
    file = f"{name}.yaml"
    return _whole(files.parse(text, SCHEMA, name=file, days=True), known, file, name=name)


def _whole(found: YamlFile, known: Known, file: str, *, name: str) -> Policy:
    policy, mistakes = build(found.data, known)
    if policy.name != name:
        mistakes.append(Mistake("policy.name", "/policy", {"name": policy.name[:60]}))
    mistakes += policy_mistakes.find(policy, known)
    mistakes = mistakes or list(policy_examples.mistakes(policy))
    if mistakes:
        told = [(found.line(each.at), each) for each in mistakes]
        told.sort(key=lambda each: each[0])
        raise Invalid.of(Problem(m.code, {"file": file, "line": n, **m.facts}) for n, m in told)
    return policy


def build(told: Mapping[str, Any], known: Known) -> tuple[Policy, list[Mistake]]:
    """The policy that valid content describes, and the mistakes in its parts."""
    reading = Reading(known, clauses={*chain(*(v["clauses"] for v in told["versions"].values()))})
    clawback = _clawback(reading, told.get("clawback"))
    baseline = _baseline(reading, told.get("baseline"))
    reading.tests.clear()
    used = frozenset({*reading.used, told.get("exclusion_clause", "")})
    read = [
        policy_versions.version(known, name, entry, elsewhere=used)
        for name, entry in told["versions"].items()
    ]
    examples = tuple(
        policy_examples.example(reading, entry, f"/examples/{i}")
        for i, entry in enumerate(told.get("examples", ()))
    )
    versions = tuple(sorted((version for version, _ in read), key=lambda each: each.since))
    policy = _policy(told, versions, examples=examples, clawback=clawback, baseline=baseline)
    return policy, [*reading.mistakes, *chain(*(mistakes for _, mistakes in read))]


def _policy(told: Mapping[str, Any], versions: tuple[Version, ...], **parts: Any) -> Policy:
    definition = {key: value for key, value in told.items() if key != "examples"}
    return Policy(
        name=told["policy"],
        **{key: told[key] for key in _AS_THEY_STAND},
        scenes=tuple(told["scenes"]),
        basis=tuple(told["basis"]),
        group=told.get("group", ""),
        not_with=tuple(told.get("not_with", ())),
        exclusion_clause=told.get("exclusion_clause", ""),
        versions=versions,
        materials=tuple(Material(m["title"], tuple(m.get("facts", ()))) for m in told["materials"]),
        definition=canonical.dumps(definition).decode(),
        **parts,
    )


def _clawback(reading: Reading, told: Mapping[str, Any] | None) -> Clawback | None:
    if told is None:
        return None
    clause = reading.clause(told["clause"], "/clawback/clause")
    when = criteria_file.node(reading, told["when"], "/clawback/when", clause=clause)
    return Clawback(told["months"], when, clause)


def _baseline(reading: Reading, told: Mapping[str, Any] | None) -> Baseline | None:
    if told is None:
        return None
    return Baseline(
        on=reading.day(told["on"], "/baseline/on"),
        steps=told["steps"],
        working_days=told["working_days"],
        materials=tuple(told["materials"]),
        source=told["source"],
    )
