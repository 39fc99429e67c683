"""Tags of enterprises (企业标签) as data: a name, a title, and criteria over facts in the policies' words.

``grants/tags.yaml`` is ours; a site's ``policies/tags.yaml`` adds to it, and takes the place of tags of
the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mappings.yaml_file import escape
from matters import criteria_file, criteria_schema, files
from matters.criteria import Node, Test, tests
from matters.criteria_schema import REFERENCE, TEXT
from matters.facts import Fact
from matters.mistakes import Mistake, refuse
from matters.policy_reading import Known, Reading

SHIPPED = Path(__file__).with_name("grants") / "tags.yaml"
_CLAUSE = "tag"
"""Tests name a clause; a tag has one only."""

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "企业标签",
    "type": "object",
    "additionalProperties": False,
    "required": ["tags"],
    "properties": {
        "tags": {
            "title": "标签",
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,59}$"},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["title", "when"],
                "properties": {
                    "title": TEXT | {"title": "名称"},
                    "when": REFERENCE,
                    "note": TEXT | {"title": "说明"},
                },
            },
        },
    },
    "$defs": {"criteria": criteria_schema.SCHEMA},
}


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag; of a firm it is true, false, or unknown."""

    name: str
    title: str
    when: Node
    note: str = ""

    @property
    def tests(self) -> tuple[Test, ...]:
        """What it is made of."""
        return tuple(tests(self.when))


def load(path: Path, facts: Mapping[str, Fact]) -> dict[str, Tag]:
    """Name → tag. ``Invalid`` tells every mistake with its line."""
    found = files.read(path, SCHEMA, days=True)
    tags, mistakes = _tags(found.data["tags"], facts)
    refuse(found, path.name, mistakes)
    return tags


def _tags(
    told: Mapping[str, Any], facts: Mapping[str, Fact]
) -> tuple[dict[str, Tag], list[Mistake]]:
    found: dict[str, Tag] = {}
    mistakes: list[Mistake] = []
    for name, about in told.items():
        reading = Reading(Known(facts), clauses=(_CLAUSE,))
        at = f"/tags/{escape(name)}"
        when = criteria_file.node(reading, about["when"], f"{at}/when", clause=_CLAUSE)
        mistakes += [*reading.mistakes, *_taken(name, at, facts)]
        found[name] = Tag(name, about["title"], when, about.get("note", ""))
    return found, mistakes


def _taken(name: str, at: str, facts: Mapping[str, Fact]) -> Iterator[Mistake]:
    """A tag that is called like a fact: a reader of both could not tell which is meant."""
    if name in facts:
        yield Mistake("tag.name-of-a-fact", at, {"name": name, "holder": facts[name].holder})


def of_site(policies: Path, facts: Mapping[str, Fact]) -> dict[str, Tag]:
    """Ours and the site's (``policies``: its folder)."""
    own = policies / "tags.yaml"
    return load(SHIPPED, facts) | (load(own, facts) if own.is_file() else {})
