"""What a new system's file is to say: out of flags, out of answers, each by its declared type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from exchange.errors import Fatal, Invalid, Problem
from mappings import yaml_file
from mappings.yaml_file import read_yaml

Schema = Mapping[str, Any]
_OR = "|"
Ask = Callable[[str, Schema], str]
"""Path and declaration of a value → what the person says."""


def out_of(settings: Iterable[str], schema: Schema) -> dict[str, Any]:
    """``a.b=1`` → ``{"a": {"b": 1}}``, each value by the type that the schema declares.

    A dot within a name is written ``\\\\.``. Raises ``Fatal system.setting`` for one without ``=``.

    >>> number = {"type": "integer"}
    >>> out_of(["a.b=1", "a.c=1"], {"properties": {"a": {"properties": {"b": number}}}})
    {'a': {'b': 1, 'c': '1'}}
    """
    values: dict[str, Any] = {}
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals or not path.strip("."):
            raise Fatal("system.setting", setting=setting[:40])
        about = declared(schema, _steps(path))
        value = typed(text, about)
        if _is_object(about) and not isinstance(value, dict):
            raise Fatal("system.setting", setting=path[:40])
        put(values, _steps(path), value)
    return values


def put(values: dict[str, Any], steps: list[str], value: Any) -> None:
    """Set a value at a path, making what is missing on the way. ``Fatal`` below a single value."""
    for step in steps[:-1]:
        values = values.setdefault(step, {})
        if not isinstance(values, dict):
            raise Fatal("system.setting", setting=".".join(steps)[:40])
    values[steps[-1]] = value


def declared(schema: Schema, steps: list[str]) -> Schema:
    """What the schema says of a place; empty if it knows none."""
    for step in steps:
        free = schema.get("additionalProperties")
        known = schema.get("properties", {}).get(step)
        schema = known if known is not None else free if isinstance(free, Mapping) else {}
    return schema


def typed(text: str, about: Schema) -> Any:
    """
    >>> [typed("3", {"type": each}) for each in ("integer", "string", "number", "array")]
    [3, '3', 3, ['3']]
    >>> typed('[{at: /code, equals: "0"}]', {"type": "array"})
    [{'at': '/code', 'equals': '0'}]
    """
    kind = about.get("type")
    if kind != "string" and text.lstrip().startswith(("[", "{")):
        return _as_yaml(text)
    if kind == "array":
        items = about.get("items", {})
        return [typed(part.strip(), items) for part in text.split(",") if part.strip()]
    if kind in ("integer", "number") and text.strip().lstrip("-").isdigit():
        return int(text)
    if kind == "boolean" and text.strip().lower() in ("true", "false", "是", "否"):
        return text.strip().lower() in ("true", "是")
    return text


def _as_yaml(text: str) -> Any:
    """A list or an object as it would stand in the file."""
    read = read_yaml(text)
    yaml_file.refuse(read.problems, "--set")
    return read.data


def missing(
    schema: Schema, values: Mapping[str, Any], at: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """The places that are required and have no value; a free key stands as ``‹name›``, and
    ``mark|status`` for one of both.
    """
    for key in _wanted(schema, values):
        about = declared(schema, [key])
        if key not in values and not (_is_object(about) and any(missing(about, {}))):
            yield (*at, key)
    for key, about in _objects(schema, values):
        yield from missing(about, values.get(key, {}), (*at, key))
    free = schema.get("additionalProperties")
    if isinstance(free, Mapping):
        names = list(values) or (["‹name›"] if schema.get("minProperties", 1) else [])
        for name in names:
            inner = values.get(name, {})
            yield from missing(free, inner if isinstance(inner, Mapping) else {}, (*at, name))


def completed(schema: Schema, values: dict[str, Any], ask: Ask) -> None:
    """Ask for all that is missing, a free key by its name first."""
    while found := next(missing(schema, values), None):
        steps = list(found)
        if "‹name›" in steps:
            place = steps.index("‹name›")
            about = declared(schema, steps[:place])
            steps[place] = ask(".".join(steps[: place + 1]), about) or "1"
        steps[-1] = _chosen(schema, steps, ask)
        about = declared(schema, steps)
        put(values, steps, typed(ask(".".join(steps), about), about))


def _chosen(schema: Schema, steps: list[str], ask: Ask) -> str:
    """The last step; of alternatives the one that the person names, asked until it is one."""
    choices = steps[-1].split(_OR)
    words = [f"{each} {declared(schema, [*steps[:-1], each]).get('title', '')}" for each in choices]
    told = choices[0] if len(choices) == 1 else ""
    while told not in choices:
        told = ask(".".join(steps), {"title": f"选一项：{'、'.join(words)}"}).strip()
    return told


def refuse(places: Iterable[tuple[str, ...]]) -> None:
    """``Invalid`` with every place that has no value, if there is one."""
    problems = needed(places)
    if problems:
        raise Invalid.of(problems)


def needed(places: Iterable[tuple[str, ...]]) -> list[Problem]:
    """A problem for each place that has no value."""
    return [_needed(each) for each in places]


def _needed(place: tuple[str, ...]) -> Problem:
    first, *others = place[-1].split(_OR)
    path = ".".join((*place[:-1], first))
    if not others:
        return Problem("system.needs", {"path": path})
    return Problem("system.needs-one", {"path": path, "others": "、".join(others)})


def _objects(schema: Schema, values: Mapping[str, Any]) -> Iterator[tuple[str, Schema]]:
    required = _wanted(schema, values)
    for key, about in schema.get("properties", {}).items():
        if _is_object(about) and (key in required or key in values):
            yield key, about


def _wanted(schema: Schema, values: Mapping[str, Any]) -> list[str]:
    """What is required; of alternatives that are one key each the choice, of others the first."""
    choices = [each.get("required", []) for each in schema.get("oneOf", ())]
    met = any(all(key in values for key in choice) for choice in choices)
    first = [] if met or not choices else choices[0]
    if first and all(len(choice) == 1 for choice in choices):
        first = [_OR.join(choice[0] for choice in choices)]
    return [*schema.get("required", ()), *first]


def _is_object(about: Schema) -> bool:
    return about.get("type") == "object"


def _steps(path: str) -> list[str]:
    return [part.replace("\0", ".") for part in path.strip().replace("\\.", "\0").split(".")]
