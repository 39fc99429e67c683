"""Dated code lists and the crosswalks between them: data with a birth certificate.

A list is ``mappings/codes/<scheme>.csv``: header lines (``# edition: …``, ``# source: …``), then
``code,name_zh,name_en,aliases,valid_from,valid_to,successor,note``. ``valid_from`` and
``valid_to`` are days, or years where the day is not established (then the whole year counts);
both are inclusive. An abolished code stays in the list with its successor: it is true for its
time, and it is never replaced silently. A note that begins with ``unverified:`` says that nobody
has seen the code in its source yet.
"""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from exchange.errors import Fatal, Invalid
from exchange.names import nearest
from mappings.masks import mask


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a list. ``valid_from``/``valid_to`` are inclusive; None: open."""

    code: str
    name_zh: str
    name_en: str = ""
    aliases: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str = ""
    note: str = ""

    @property
    def unverified(self) -> bool:
        """Known from hearsay only: shown as such, to be confirmed before anybody relies on it."""
        return self.note.startswith("unverified")

    def stands_on(self, day: date) -> bool:
        """True when the code is in force on ``day``."""
        return not (self.valid_from and day < self.valid_from) and not (
            self.valid_to and day > self.valid_to
        )


@dataclass(frozen=True, slots=True)
class CodeList:
    """One edition of one scheme."""

    scheme: str
    header: Mapping[str, str]
    codes: Mapping[str, Code]
    spellings: Mapping[str, str]
    """Every accepted spelling (code, Chinese name, declared alias) → code."""
    digest: str
    """Hex SHA-256 of the file."""

    def code(self, text: str, on: date | None = None) -> str:
        """The code for a spelling: an exact code, its Chinese name, or a declared alias.

        ``on``: the day for which the code must be in force; None takes any code that ever
        stood in the list. ``Invalid("mapping.unknown-code")``, ``("mapping.code-not-in-force")``.

        >>> scheme("gb_t_3304").code("汉"), scheme("gb_t_3304").code("１")
        ('01', '01')
        """
        found = self.spellings.get(text) or self.spellings.get(fold(text))
        if found is None:
            raise Invalid("mapping.unknown-code", scheme=self.scheme, mask=mask(text))
        if on is not None and not self.codes[found].stands_on(on):
            after = self.codes[found].successor
            raise Invalid("mapping.code-not-in-force", scheme=self.scheme, successor=after or "-")
        return found

    def name(self, code: str) -> str:
        """The Chinese name of an exact code.

        >>> scheme("gb_t_2260").name("320117")
        '溧水区'
        """
        found = self.codes.get(code)
        if found is None:
            raise Invalid("mapping.unknown-code", scheme=self.scheme, mask=mask(code))
        return found.name_zh


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """Codes of one scheme to codes of another. What is not listed has no counterpart."""

    name: str
    source: CodeList
    target: CodeList
    pairs: Mapping[str, str]
    digest: str

    def to(self, text: str) -> str:
        """The target's code; ``Invalid`` for a code unknown to the source, or unmapped.

        >>> crosswalk("hl7_0001__gb_t_2261_1").to("F")
        '2'
        """
        found = self.pairs.get(self.source.code(text))
        if found is None:
            raise Invalid("mapping.no-counterpart", crosswalk=self.name, mask=mask(text))
        return found


def fold(text: str) -> str:
    """The comparison form of a code or alias: NFKC, no outer spaces, letters upper-case.

    >>> fold(" ｈa ")
    'HA'
    """
    return unicodedata.normalize("NFKC", text).strip().upper()


@cache
def scheme(name: str) -> CodeList:
    """The code list ``name``; ``Fatal("mapping.no-such-scheme")`` names the nearest one."""
    file = _file("codes", name, "mapping.no-such-scheme")
    header, rows, digest = _read(file)
    codes = {row["code"]: entry(row) for row in rows}
    return CodeList(name, header, codes, spellings(name, codes), digest)


@cache
def crosswalk(name: str) -> Crosswalk:
    """The crosswalk ``<from>__<to>``; ``Fatal`` if it is unknown or names unknown codes."""
    header, rows, digest = _read(_file("codes/crosswalks", name, "mapping.no-such-crosswalk"))
    source, target = scheme(header["from_scheme"]), scheme(header["to_scheme"])
    pairs = {row["from"]: row["to"] for row in rows}
    if not (pairs.keys() <= source.codes.keys() and set(pairs.values()) <= target.codes.keys()):
        raise Fatal("mapping.broken-crosswalk", name=name)
    return Crosswalk(name, source, target, pairs, digest)


def walk_header(name: str) -> Mapping[str, str]:
    """The header of a shipped crosswalk: between which schemes, its edition, its source.

    >>> walk_header("hl7_0001__gb_t_2261_1")["to_scheme"]
    'gb_t_2261_1'
    """
    return _read(_file("codes/crosswalks", name, "mapping.no-such-crosswalk"))[0]


@cache
def names(folder: str = "codes") -> tuple[str, ...]:
    """All lists there are (``codes``), or all crosswalks (``codes/crosswalks``)."""
    here = resources.files("mappings").joinpath(*folder.split("/"))
    return tuple(sorted(f.name[:-4] for f in here.iterdir() if f.name.endswith(".csv")))


def _file(folder: str, name: str, code: str) -> Traversable:
    known = names(folder)
    if name not in known:
        near = nearest(name, known)
        raise Fatal(code, name=name[:60], nearest=near)
    return resources.files("mappings").joinpath(*folder.split("/"), f"{name}.csv")


def _read(file: Traversable) -> tuple[dict[str, str], list[dict[str, str]], str]:
    data = file.read_bytes()
    lines = data.decode("utf-8").splitlines()
    header = dict(
        line[2:].split(": ", 1) for line in lines if line.startswith("# ") and ": " in line
    )
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    return header, rows, hashlib.sha256(data).hexdigest()


def entry(row: Mapping[str, str]) -> Code:
    """One row of a list. ``ValueError`` for a day that is none."""
    aliases = tuple(alias for alias in row["aliases"].split("|") if alias)
    begin, end = _day(row["valid_from"], "-01-01"), _day(row["valid_to"], "-12-31")
    texts = row["code"], row["name_zh"], row["name_en"]
    return Code(*texts, aliases, begin, end, row["successor"], row["note"])


def _day(text: str, rest_of_year: str) -> date | None:
    return date.fromisoformat(text + rest_of_year if len(text) == 4 else text) if text else None


def spellings(name: str, codes: Mapping[str, Code]) -> dict[str, str]:
    """Every accepted spelling → its code: exact codes first; a name or alias that two codes share would be a guess, so it is refused."""
    found = {code: code for code in codes}
    for each in codes.values():
        for spelling in (each.name_zh, *each.aliases):
            if found.setdefault(fold(spelling), each.code) != each.code:
                raise Fatal("mapping.ambiguous-alias", scheme=name, code=each.code)
    return found
