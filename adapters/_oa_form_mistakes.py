"""What a schema can't tell of the OA's forms: kinds and mappings that are not there, or do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from adapters import _generic_mapping_mistakes, _kind_mistakes
from adapters._oa_reply import REPLY
from exchange.errors import Problem

Mistake = tuple[str, Problem]


def find(forms: Mapping[str, Any], site: Path | None) -> Iterator[Mistake]:
    """All of them, each with its place: how a form is read, and how its result is written back."""
    yield from _kind_mistakes.of_streams(forms, "/forms", site)
    for number, form in forms.items():
        if "reply" in form:
            at, more = f"/forms/{number}/reply", form.get("reply_needs", {})
            name = form.get("reply_operation", REPLY.name)
            told = {"needs": {**REPLY.needs, **more}}
            yield from _generic_mapping_mistakes.request(name, form["reply"], at, told, site=site)
