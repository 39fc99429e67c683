"""The promise of truth (真实性承诺) that an applicant makes, in its present version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matters import files

FILE = "promise.yaml"
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "真实性承诺",
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "text"],
    "properties": {
        "version": {"title": "版本", "type": "string", "minLength": 1, "maxLength": 40},
        "text": {"title": "承诺书全文", "type": "string", "minLength": 20},
    },
}


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised."""

    version: str
    text: str


def load(site: Path | None = None) -> Promise:
    """The site's own (``grant-promise.yaml``), else the one that is shipped."""
    own = site / f"grant-{FILE}" if site else None
    shipped = Path(__file__).parent / "grants" / FILE
    told = files.load(own if own is not None and own.is_file() else shipped, SCHEMA)
    return Promise(told["version"], told["text"])
