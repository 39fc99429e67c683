"""A mapping file's text to ``MappingFile``, or every problem of it with its line.

Three passes: YAML without its traps, the format's JSON Schema (an unknown key is answered with
the nearest right one), then what a schema cannot say: names of code lists, units and fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs

from exchange.errors import Problem
from mappings import damage
from mappings.checks import check_content
from mappings.conditions import condition
from mappings.rules import Choice, MappingFile, Rule, Step
from mappings.yaml_file import YamlFile, escape, read_yaml

STEPS = ("code", "crosswalk", "values", "identifier", "date", "number")


def parse(text: str) -> tuple[MappingFile | None, tuple[Problem, ...]]:
    """The file, or None and what is wrong with it. Facts: ``line``, and what stands there.

    >>> parse("mapping: demo")[1][0].code
    'mapping.key-missing'
    """
    found = read_yaml(text)
    if found.problems:
        return None, tuple(damage.explained(text, found.problems, whole=True))
    _check_form(found)
    if not found.problems:
        check_content(found)
    if found.problems:
        return None, tuple(damage.explained(text, found.problems, whole=False))
    return _build(found), ()


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
    for error in _validator().iter_errors(found.data):
        at = "".join(f"/{escape(str(segment))}" for segment in error.instance_path)
        keyword, facts = error.kind.name, error.kind.as_dict()
        if keyword == "additionalProperties":
            for name in facts["unexpected"]:
                near = _nearest(name, error.schema_path[:-1])
                found.add(
                    "mapping.unknown-key", f"{at}/{escape(name)}", key=name[:40], nearest=near
                )
        elif keyword == "required":
            found.add("mapping.key-missing", at, key=str(facts.get("property", "")))
        elif keyword == "type" and isinstance(error.instance, int | bool):
            found.add("mapping.quote-it", at, text=str(error.instance)[:40])
        else:
            key = str(error.instance_path[-1]) if error.instance_path else "-"
            found.add("mapping.bad-key-value", at, key=key[:40], rule=keyword)


def _nearest(name: str, schema_path: list[str | int]) -> str:
    schema: Any = file_schema()
    for segment in schema_path:
        schema = schema[segment]
    near = get_close_matches(name, list(schema.get("properties", {})), 1, 0.5)
    return near[0] if near else "-"


def _build(found: YamlFile) -> MappingFile:
    data = found.data
    source = data["from"]
    inputs = source if isinstance(source, dict) else {"": source}
    rules = tuple(_rule(found, item, f"/fields/{i}", data) for i, item in enumerate(data["fields"]))
    ignored = tuple(path for entry in data.get("ignore", ()) for path in entry["fields"])
    return MappingFile(
        name=data["mapping"],
        title=data["title"],
        inputs={
            name: kind if isinstance(kind, str) else tuple(kind) for name, kind in inputs.items()
        },
        target=data["to"],
        rules=rules,
        ignored=ignored,
        tests=tuple(data.get("tests", ())),
        content=data,
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
        split=item.get("split", ""),
        text={**file.get("text", {}), **item.get("text", {})} or None,
        each=inner,
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
