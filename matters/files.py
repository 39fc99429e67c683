"""Read a YAML file of the site or of a matter against its schema: every mistake at once.

A mistake is told with its file and line; an unknown key with the nearest name that exists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs

from exchange.errors import Fact, Invalid, Problem
from exchange.names import nearest
from mappings import damage, schema_rule
from mappings.yaml_file import YamlFile, escape, read_yaml
from matters import file_text, value_damage


def load(path: Path, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The file's content, valid under ``schema``; ``Invalid`` with all problems otherwise."""
    content: dict[str, Any] = read(path, schema).data
    return content


def read(path: Path, schema: Mapping[str, Any], *, days: bool = False) -> YamlFile:
    """The same with the line of every place, for who checks further.

    ``days``: civil days stand without quotes.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Invalid("file.missing", file=path.name) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Invalid("file.unreadable", file=path.name, reason=reason) from None
    return parse(file_text.decode(data, path.name), schema, name=path.name, days=days)


def version(path: Path) -> tuple[int, int]:
    """When it was written, and how long it is: what it says changes with these. Of none: zeros."""
    try:
        told = path.stat()
    except OSError:
        return 0, 0
    return told.st_mtime_ns, told.st_size


def parse(text: str, schema: Mapping[str, Any], *, name: str, days: bool = False) -> YamlFile:
    """The same for a text.

    >>> parse("a: 1", {"type": "object"}, name="x.yaml").data
    {'a': 1}
    """
    found = read_yaml(text, days=days)
    wrong = damage.explained(text, found.problems, whole=True) if found.problems else []
    problems = [Problem(p.code, {"file": name, **p.facts}) for p in wrong]
    if not problems:
        problems = list(_check(found, schema, name))
        hints = damage.explained(text, problems, whole=False)
        problems = [Problem(p.code, {"file": name, **p.facts}) for p in hints]
    if line := file_text.decomposed_line(text):
        problems.append(Problem("file.not-nfc", {"file": name, "line": line}))
    if problems:
        raise Invalid.of(problems)
    return found


def _check(found: YamlFile, schema: Mapping[str, Any], name: str) -> Iterator[Problem]:
    for error in schema_rule.validator(schema).iter_errors(found.data):
        at = "".join(f"/{escape(str(part))}" for part in error.instance_path)
        kind, rule = error.kind, error
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
            yield from _unknown_keys(found, at, kind.unexpected, error, schema=schema, name=name)
            continue
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.PropertyNames):
            at, rule = f"{at}/{escape(str(kind.error.instance))}", kind.error
        facts: dict[str, Fact] = {"file": name, "line": found.line(at), "path": at or "/"}
        yield value_damage.explained(error, schema, facts) or Problem(
            "file.schema", {**facts, "rule": schema_rule.told(rule)}
        )


def _unknown_keys(
    found: YamlFile,
    at: str,
    keys: list[str],
    error: jsonschema_rs.ValidationError,
    *,
    schema: Mapping[str, Any],
    name: str,
) -> Iterator[Problem]:
    node: Any = schema
    for part in list(error.schema_path)[:-1]:
        node = node[part]
    for key in keys:
        near = nearest(key, node.get("properties", {}))
        line = found.line(f"{at}/{escape(key)}")
        facts: dict[str, Fact] = {"file": name, "line": line, "key": key}
        yield Problem("file.unknown-key", {**facts, "nearest": near})
