"""A mapping file's text to ``MappingFile``, or every problem of it with its line.

Three passes: YAML without its traps, the format's JSON Schema (an unknown key is answered with
the nearest right one), then what a schema cannot say: names of code lists, units and fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs

from exchange.errors import Problem
from mappings import damage, form
from mappings.checks import check_content
from mappings.conditions import condition
from mappings.rules import Choice, MappingFile, Rule, Step
from mappings.shapes import SHIPPED, Shapes
from mappings.unmapped import of as unmapped_of
from mappings.yaml_file import YamlFile, read_yaml

STEPS = ("code", "crosswalk", "values", "identifier", "date", "number")


def parse(text: str, shapes: Shapes = SHIPPED) -> tuple[MappingFile | None, tuple[Problem, ...]]:
    """The file, or None and what is wrong with it. Facts: ``line``, and what stands there.

    ``shapes``: the kinds of document that it may name.

    >>> parse("mapping: demo")[1][0].code
    'mapping.key-missing'
    """
    found = read_yaml(text)
    if found.problems:
        return None, tuple(damage.explained(text, found.problems, whole=True))
    _check_form(found)
    if not found.problems:
        check_content(found, shapes)
    if found.problems:
        return None, tuple(damage.explained(text, found.problems, whole=False))
    return _build(found, shapes), ()


@cache
def file_schema() -> Mapping[str, Any]:
    """JSON Schema of mapping files."""
    text = resources.files("mappings").joinpath("mapping-file.yaml").read_text("utf-8")
    schema: Mapping[str, Any] = read_yaml(text).data
    return schema


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(dict(file_schema()))


def _check_form(found: YamlFile) -> None:
    for flaw in form.flaws(found.data, file_schema(), _validator()):
        if flaw.rule == "additionalProperties":
            found.add("mapping.unknown-key", flaw.at, key=flaw.key, nearest=flaw.nearest)
        elif flaw.rule == "required":
            found.add("mapping.key-missing", flaw.at, key=flaw.key)
        elif flaw.rule == "type" and isinstance(flaw.value, int | bool):
            found.add("mapping.quote-it", flaw.at, text=str(flaw.value)[:40])
        elif flaw.rule == "enum":
            word = str(flaw.value)[:60]
            found.add("mapping.unknown-name", flaw.at, name=word, nearest=flaw.nearest)
        elif flaw.rule == "pattern" and flaw.key not in ("valid_from", "unmapped"):
            text = str(flaw.value)
            want = "".join(f"/{part}" for part in text.split("/") if part) or "/"
            found.add("mapping.bad-pointer", flaw.at, text=text[:60], want=want[:60])
        else:
            found.add("mapping.bad-key-value", flaw.at, key=flaw.key, rule=flaw.rule)


def _build(found: YamlFile, shapes: Shapes) -> MappingFile:
    data = found.data
    source = data["from"]
    inputs = source if isinstance(source, dict) else {"": source}
    rules = tuple(_rule(found, item, f"/fields/{i}", data) for i, item in enumerate(data["fields"]))
    ignored = {
        path: found.line(f"/ignore/{i}/fields/{j}")
        for i, entry in enumerate(data.get("ignore", ()))
        for j, path in enumerate(entry["fields"])
    }
    return MappingFile(
        name=data["mapping"],
        title=data["title"],
        inputs={
            name: kind if isinstance(kind, str) else tuple(kind) for name, kind in inputs.items()
        },
        target=data["to"],
        rules=rules,
        ignored=tuple(ignored),
        ignored_at=ignored,
        tests=tuple(data.get("tests", ())),
        content=data,
        shapes=shapes,
    )


def _rule(found: YamlFile, item: Mapping[str, Any], at: str, file: Mapping[str, Any]) -> Rule:
    inner = tuple(
        _rule(found, part, f"{at}/each/{i}", file) for i, part in enumerate(item.get("each", ()))
    )
    kind = next((name for name in STEPS if name in item), "")
    joined = item.get("join", {})
    return Rule(
        line=found.line(at),
        to=item["to"],
        choices=_choices(item),
        join=tuple(joined.get("of", ())),
        separator=joined.get("with", ""),
        when=condition(item["when"]) if "when" in item else None,
        required=item.get("required", "default" not in item),
        default=item.get("default"),
        missing=tuple(item.get("missing", file.get("missing", ("",)))),
        step=_step(kind, item[kind]) if kind else None,
        unmapped=unmapped_of(item),
        split=item.get("split", ""),
        text={**file.get("text", {}), **item.get("text", {})} or None,
        each=inner,
        one_way=item.get("one_way", ""),
    )


def _choices(item: Mapping[str, Any]) -> tuple[Choice, ...]:
    if "const" in item:
        return (Choice(const=item["const"]),)
    if "from" in item:
        return (Choice(item["from"]),)
    if "first" in item:
        return tuple(Choice(path) for path in item["first"])
    return tuple(
        Choice(
            part.get("from", ""),
            part.get("const"),
            condition(part["when"]) if "when" in part else None,
        )
        for part in item.get("choose", ())
    )


def _step(kind: str, said: Any) -> Step:
    if kind == "values":
        return Step(kind, {"pairs": said})
    if isinstance(said, str):
        return Step(kind, {"scheme": said})
    if kind == "date" and isinstance(said["from"], str):
        return Step(kind, {**said, "from": [said["from"]]})
    return Step(kind, said)
