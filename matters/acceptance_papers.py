"""Papers of a joint acceptance: after which event, what is in them. The lead issues them, with its seal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from exchange.errors import Fact
from exchange.names import nearest
from mappings.yaml_file import YamlFile, escape
from matters import acceptance_spans, acceptance_words, files
from matters import acceptance_standing as standings
from matters.acceptance_events import PAUSES, SAYS, Event
from matters.acceptance_parts import Procedure
from matters.acceptance_plan import Plan
from matters.acceptance_standing import Standing
from matters.mistakes import Mistake, refuse

SHIPPED = Path(__file__).with_name("acceptance") / "papers.yaml"
OPINION, NOTICE, FILING, REVOCATION = "opinion", "notice", "filing", "revocation"
KINDS = (OPINION, NOTICE, FILING, REVOCATION)
_TOLD = ("correction-asked", "paused", "failed", "remedy")
"""What a unit says that the owner must be told in writing."""
LONGEST = 2000
"""Code points of one value of a template."""
_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 100}
_KIND: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "template", "format", "article"],
    "properties": {
        "title": {**_TEXT, "title": "文书名称"},
        "template": {**_TEXT, "title": "模板编号"},
        "format": {"title": "版式", "type": "string", "enum": ["ofd", "pdf"]},
        "article": {**_TEXT, "title": "依据"},
        "hands_in": {
            "title": "作为材料提交",
            "description": "Material of the procedure that it is, once it is sealed.",
            "type": "string",
            "pattern": "^[a-z][a-z0-9-]{0,39}$",
        },
    },
}
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "联合验收文书",
    "type": "object",
    "additionalProperties": False,
    "required": ["papers", "title", "seal", "kinds"],
    "properties": {
        "papers": {"title": "标识", "const": "acceptance"},
        "title": {**_TEXT, "title": "名称"},
        "seal": {**_TEXT, "title": "印章编号", "description": "Of the lead, at the seal platform."},
        "kinds": {
            "title": "文书",
            "type": "object",
            "additionalProperties": False,
            "required": list(KINDS),
            "properties": dict.fromkeys(KINDS, _KIND),
        },
    },
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of paper."""

    name: str
    title: str
    template: str
    format: str
    article: str
    hands_in: str = ""


@dataclass(frozen=True, slots=True)
class Papers:
    """All of them."""

    seal: str
    kinds: Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper that an event brings."""

    seq: int
    """Of the event, which makes it the same paper for ever."""
    kind: Kind
    event: Event
    lines: tuple[str, ...]


def load(path: Path, procedure: Procedure) -> Papers:
    """``Invalid`` tells every mistake."""
    found = _read(path, files.version(path))
    refuse(found, path.name, _mistakes(found.data, procedure))
    kinds = {name: Kind(name, **told) for name, told in found.data["kinds"].items()}
    return Papers(found.data["seal"], kinds)


@lru_cache(maxsize=16)
def _read(path: Path, _: tuple[int, int]) -> YamlFile:
    return files.read(path, SCHEMA)


def _mistakes(told: Mapping[str, Any], procedure: Procedure) -> Iterator[Mistake]:
    for name, about in told["kinds"].items():
        material = about.get("hands_in", "")
        if material and material not in procedure.materials:
            near = nearest(material, procedure.materials)
            facts: dict[str, Fact] = {"name": material, "nearest": near}
            yield Mistake("acceptance.unknown-material", f"/kinds/{escape(name)}/hands_in", facts)


def due(plan: Plan, events: list[Event], papers: Papers) -> Iterator[Paper]:
    """Every paper that these events have brought, oldest first."""
    for seq, (event, _, after) in enumerate(acceptance_spans.walk(plan, events)):
        name, lines = _of(plan, event, after)
        if name:
            yield Paper(seq, papers.kinds[name], event, tuple(lines))


def _of(plan: Plan, event: Event, after: Standing) -> tuple[str, list[str]]:
    """What it was told of stays so whatever the lists name since: nobody's paper is another one later."""
    title = acceptance_words.title(plan.procedure.items, event.item)
    if event.name == "opinion-revoked":
        return REVOCATION, ["撤销此前的联合验收意见和据此出具的文书。"]
    if event.name in _TOLD:
        return NOTICE, list(_told(plan, event, title))
    if event.name == "opinion":
        passes = event.verdict == standings.PASS
        return (OPINION if passes else NOTICE), list(_results(plan, after))
    if event.name == standings.PASSED and _is_last(plan, event, after):
        return FILING, [f"{title}：{standings.STATES[standings.PASSED]}"]
    return "", []


def _is_last(plan: Plan, event: Event, after: Standing) -> bool:
    """It is an item of the last stage. Of one that is in no list any more: after the lead's pass nothing
    else could be open.
    """
    item = plan.procedure.items.get(event.item)
    return item.stage == plan.stages[-1] if item else after.verdict == standings.PASS


def _told(plan: Plan, event: Event, title: str) -> Iterator[str]:
    """What the owner has to know of one item, in full and at once."""
    procedure = plan.procedure
    yield f"{title}：{SAYS[event.name].title}"
    for name in event.handed_in:
        yield f"须补正：{acceptance_words.title(procedure.materials, name)}"
    for name in event.checks:
        yield f"不符合：{acceptance_words.clause(procedure, name)}"
    if event.until:
        yield f"整改期限：{event.until}"
    if event.why:
        yield f"原因：{PAUSES.get(event.why, event.why)}，期间不计入办理期限（行政许可法第四十五条）"


def _results(plan: Plan, after: Standing) -> Iterator[str]:
    """Each item with what was found, and the clauses that are not met."""
    for name in standings.before_opinion(plan):
        part = after.part(name)
        why = "；".join(acceptance_words.clause(plan.procedure, each) for each in part.checks)
        until = f"，{part.until} 前整改" if part.until else ""
        yield f"{plan.items[name].title}：{standings.STATES[part.state]}{until}{'：' + why if why else ''}"
