"""What the fields and words of the bank's interface mean, in Chinese: ``finance_fields.csv``, laid over the schemas."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

Schema = dict[str, Any]
_FILE = "finance_fields.csv"


@dataclass(frozen=True, slots=True)
class Word:
    """A field of a schema, or a word of a list of words; without either, the schema itself.

    ``title`` is empty where the shape tells it.
    """

    title: str
    text: str


@cache
def words() -> Mapping[tuple[str, str], Word]:
    """Schema and field (or word) → what it means."""
    text = resources.files("zhida").joinpath(_FILE).read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {(r["schema"], r["field"]): Word(r["title"], r["text"]) for r in rows}


def word(schema: str, field: str = "") -> Word:
    """What a field means; empty where nothing is written of it (which a test forbids)."""
    return words().get((schema, field), Word("", ""))


def in_chinese(name: str, schema: Schema) -> Schema:
    """The schema ``name`` with Chinese before the English of itself and of each field; its words one by one.

    >>> in_chinese("Stage", {"type": "string", "enum": ["due"]})["description"]
    '订单阶段：due 到期应付'
    """
    whole = word(name).text
    if "enum" in schema:
        told = "；".join(f"{each} {word(name, each).title}" for each in schema["enum"])
        return {**schema, "description": f"{whole}：{told}"}
    members = schema.get("properties", {}).items()
    told_all = {n: _told(word(name, n), each) for n, each in members}
    return {**schema, "description": _both(whole, schema), "properties": told_all}


def _told(word: Word, schema: Mapping[str, Any]) -> Schema:
    title = schema.get("title", "") or word.title
    return {**schema, "title": title, "description": _both(word.text, schema)}


def _both(text: str, schema: Mapping[str, Any]) -> str:
    english = schema.get("description", "")
    return "。".join(filter(None, (text, english)))
