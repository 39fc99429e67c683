"""What stands on the pages, in Chinese and English: ``words.csv``."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

from exchange.entry_words import KINDS
from zhida.alert_line import KINDS as INCIDENTS
from zhida.output import STATES

_CASES = {"open": "under way", "partial": "partly done", "none": "nothing done"}
"""States that in English say too little by their names."""


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    """Name → language → text."""
    text = (resources.files("zhida.pages") / "words.csv").read_text("utf-8")
    return {row["name"]: row for row in csv.DictReader(text.splitlines())}


def word(language: str, name: str, **facts: str | int) -> str:
    """The text of this name.

    >>> word("en", "cases.count", done=3, of=9)
    '3 of 9'
    """
    text = table()[name][language]
    return text.format(**facts) if facts else text


def state(language: str, name: str) -> str:
    """A state of an item, a case or a leg.

    >>> state("zh", "parked"), state("en", "given-up")
    ('待人工', 'given up')
    """
    if language == "zh":
        return STATES.get(name, name)
    return _CASES.get(name, name.replace("-", " "))


def kind(language: str, name: str) -> str:
    """A kind of ledger entry."""
    return KINDS.get(name, name) if language == "zh" else name.replace("-", " ")


def incident(language: str, name: str) -> str:
    """A kind of incident."""
    return INCIDENTS.get(name, name) if language == "zh" else name.replace("-", " ")
