"""Texts of notices: files of the site, with placeholders that say what may stand in them.

``notices/born.yaml``: ``notice``, ``title``, ``text`` with ``{child}``, and under ``fields`` each
placeholder's title and longest length. Only what a placeholder permits goes into a text: a
further value is refused, and so is one that holds an identity number or a telephone number,
since a message is read by whoever holds the telephone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from adapters._notice_numbers import tells_a_number
from exchange.errors import Fact, Fatal, Invalid, Problem
from mappings import schema_rule
from mappings.masks import mask
from mappings.plain_text import is_plain
from mappings.yaml_file import read_yaml

FOLDER = "notices"
_PLACE = re.compile(r"\{([^{}]*)\}")
_NAME = "^[a-z][a-z0-9_]{0,31}$"

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "通知模板",
    "description": "站点目录 notices 中的文件；文件名即模板名称。",
    "type": "object",
    "additionalProperties": False,
    "required": ["notice", "title", "text"],
    "properties": {
        "notice": {"title": "模板名称", "type": "string", "minLength": 1},
        "title": {"title": "用途", "type": "string", "minLength": 1},
        "text": {
            "title": "文字",
            "description": "占位符写作 {名称}，须在 fields 中说明。",
            "type": "string",
            "minLength": 1,
            "maxLength": 500,
        },
        "code": {
            "title": "网关的模板编号",
            "description": "网关按模板收费、审核的，填写其编号；取值随文字一并送去。",
            "type": "string",
            "minLength": 1,
        },
        "fields": {
            "title": "占位符",
            "description": "键为名称（小写字母、数字、下划线）。",
            "type": "object",
            "propertyNames": {"pattern": _NAME},
            "default": {},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["title", "max_chars"],
                "properties": {
                    "title": {"title": "含义", "type": "string", "minLength": 1},
                    "max_chars": {
                        "title": "最多几个字",
                        "type": "integer",
                        "minimum": 1,
                        "maximum": 100,
                    },
                },
            },
        },
    },
}


@dataclass(frozen=True, slots=True)
class Template:
    """One text of the site."""

    name: str
    title: str
    text: str
    code: str
    longest: Mapping[str, int]
    """Placeholder → the most characters that may stand in it."""

    def filled(self, values: Mapping[str, Any]) -> str:
        """The text with its values. ``Invalid`` with everything that does not fit, never a value."""
        problems = list(self._problems(values))
        if problems:
            raise Invalid.of(problems)
        return _PLACE.sub(lambda found: str(values[found[1]]), self.text)

    def _problems(self, values: Mapping[str, Any]) -> Iterator[Problem]:
        for name in values.keys() - self.longest.keys():
            path = f"/notice/values/{name}" if re.fullmatch(_NAME, name) else "/notice/values"
            yield Problem("notification.not-permitted", {"path": path, "template": self.name})
        for name, longest in self.longest.items():
            path, told = f"/notice/values/{name}", values.get(name)
            if not isinstance(told, str) or not told.strip():
                yield Problem("notification.missing", {"path": path, "template": self.name})
            elif len(told) > longest or not is_plain(told):
                facts: dict[str, Fact] = {"path": path, "limit": longest, "mask": mask(told)}
                yield Problem("notification.does-not-fit", facts)
            elif tells_a_number(told):
                yield Problem("notification.number-in-text", {"path": path, "mask": mask(told)})


def load(site: Path, name: str) -> Template:
    """The template of that name. ``Fatal`` tells file and place of what is wrong with it."""
    file = site / FOLDER / f"{name}.yaml"
    try:
        found = read_yaml(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise Fatal("notification.no-template", template=name, folder=FOLDER) from None
    if found.problems:
        raise Fatal(found.problems[0].code, file=file.name, **found.problems[0].facts)
    for error in _validator().iter_errors(found.data):
        path = "".join(f"/{part}" for part in error.instance_path)
        place: dict[str, Fact] = {"file": file.name, "line": found.line(path), "path": path or "/"}
        raise Fatal("notification.template", rule=schema_rule.told(error), **place)
    return _template(name, found.data, file.name)


def mistakes(site: Path, names: Iterable[str], at: str) -> list[tuple[str, Problem]]:
    """Those that can't be used, each with its place in the options."""
    found: list[tuple[str, Problem]] = []
    for index, name in enumerate(names):
        try:
            load(site, name)
        except Fatal as error:
            found.append((f"{at}/{index}", Problem(error.code, error.facts)))
    return found


def _template(name: str, told: Mapping[str, Any], file: str) -> Template:
    fields = told.get("fields", {})
    used = set(_PLACE.findall(told["text"]))
    if used != fields.keys() or told["notice"] != name or "{" in _PLACE.sub("", told["text"]):
        other = sorted(used ^ fields.keys())
        path = f"/fields/{other[0]}" if other else "/notice"
        raise Fatal("notification.template", file=file, line=1, path=path, rule="placeholders")
    longest = {each: about["max_chars"] for each, about in fields.items()}
    return Template(name, told["title"], told["text"], told.get("code", ""), longest)


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(SCHEMA)
