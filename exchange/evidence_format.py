"""What a bundle of evidence consists of: its members' names and its manifest.

``docs/evidence-format.md`` says the same in words, for whoever writes another verifier.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange import canonical, times
from exchange.errors import Invalid

FORMAT = "zhida-evidence"
VERSION, LATER = 1, 2
"""Bundles of the first kind, and those with a time stamp on the head or of one transfer."""
SEAL_TYPE = "zhida-evidence+jws"

MANIFEST = "manifest.json"
SEAL = "manifest.jws"
HEAD = "ledger/head.jws"
STAMP = "ledger/head.tsr"
OLDER = "ledger/older-head.jws"
PROOFS = "ledger/proofs.json"
CERTIFICATE = re.compile(r"certificates/([0-9a-f]{64})\.crt")
DOCUMENT = re.compile(r"documents/([0-9a-f]{64})\.sd-jwt")
TRANSFER = re.compile(r"transfers/([0-9a-f]{32})\.sd-jwt")
ENTRY = re.compile(r"ledger/entries/([0-9]{12})\.json")
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"})
_FIXED = frozenset({MANIFEST, SEAL, HEAD, PROOFS})
_VARIABLE = (CERTIFICATE, DOCUMENT, TRANSFER, ENTRY)

SCOPES = ("case", "unit", "transfer", "field")
"""How much of a case: everything, what one unit received, one note of it, or fields of that note."""
ONE_NOTE = ("transfer", "field")
NOTES = ("transfer", "query")
"""Kinds of ledger entries that say what went to whom."""


def certificate_name(fingerprint: str) -> str:
    """Member of a certificate; ``fingerprint`` is SHA-256 of its DER, hex."""
    return f"certificates/{fingerprint}.crt"


def document_name(digest: str) -> str:
    """Member of a document; ``digest`` is ``document.digest``."""
    return f"documents/{digest}.sd-jwt"


def transfer_name(identifier: str) -> str:
    """Member of what was presented in one transfer or query."""
    return f"transfers/{identifier}.sd-jwt"


def entry_name(seq: int) -> str:
    """Member of one ledger entry.

    >>> entry_name(7)
    'ledger/entries/000000000007.json'
    """
    return f"ledger/entries/{seq:012d}.json"


def check_names(names: Mapping[str, bytes]) -> None:
    """``Invalid`` for a member of no known name, or if one that must be there is absent."""
    for name in sorted(_FIXED - set(names)):
        raise Invalid("evidence.member-missing", member=name)
    for name in names:
        if name in _FIXED or name in (OLDER, STAMP):
            continue
        if not any(pattern.fullmatch(name) for pattern in _VARIABLE):
            raise Invalid("evidence.member-unknown", member=name)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the hub says that the bundle is: of which case, how much of it, and every member."""

    case: str
    matter: str
    scope: str
    """One of ``SCOPES``."""
    unit: str
    """The unit that received; empty for a whole case."""
    origin: str
    """Name of the ledger."""
    hub: str
    """Unit id of the hub: common name of its certificates."""
    organization: str
    """Organisation in the hub's certificates."""
    suite: str
    exported_at: datetime
    titles: Mapping[str, str]
    """Unit → its name for people: the hub's word, proves nothing."""
    members: Mapping[str, str]
    """Name → digest under the suite's hash, hex; all but the manifest and its seal."""

    @property
    def version(self) -> int:
        """Of the format: the first knows no time stamp and no single transfers."""
        return LATER if STAMP in self.members or self.scope in ONE_NOTE else VERSION

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        told = {name: getattr(self, name) for name in _TEXTS}
        told |= {"format": FORMAT, "version": self.version, "titles": dict(self.titles)}
        return canonical.dumps(
            told | {"exported_at": times.stamp(self.exported_at)} | {"members": dict(self.members)}
        )


_TEXTS = ("case", "matter", "scope", "unit", "origin", "hub", "organization", "suite")
_KEYS = frozenset({*_TEXTS, "format", "version", "titles", "exported_at", "members"})


def read_manifest(data: bytes) -> Manifest:
    """The reverse of ``Manifest.to_bytes``; ``Invalid`` for anything else."""
    told = read_json(data, MANIFEST)
    version = told.get("version")
    known = type(version) is int and version in (VERSION, LATER)
    if told.get("format") != FORMAT or not known:
        raise Invalid("evidence.version", wanted=LATER)
    maps = [told.get("titles"), told.get("members")]
    texts = [told.get(name) for name in (*_TEXTS, "exported_at")]
    if set(told) != _KEYS or not _all_texts(texts) or not all(map(_is_text_map, maps)):
        raise Invalid("evidence.manifest")
    if told["scope"] not in SCOPES or bool(told["unit"]) == (told["scope"] == "case"):
        raise Invalid("evidence.manifest")
    return _version_fits(
        Manifest(
            **{name: told[name] for name in _TEXTS},
            exported_at=read_time(told["exported_at"], MANIFEST),
            titles=told["titles"],
            members=told["members"],
        ),
        version,
    )


def _version_fits(found: Manifest, version: object) -> Manifest:
    if found.version != version:
        raise Invalid("evidence.version", wanted=found.version)
    return found


def read_json(data: bytes, member: str) -> dict[str, Any]:
    """A JSON object in its canonical form; ``Invalid`` if it could be written otherwise."""
    try:
        told, same = canonical.read(data)
    except Invalid as error:
        raise Invalid("evidence.json", member=member, reason=error.code) from None
    if not isinstance(told, dict) or not same:
        raise Invalid("evidence.json", member=member, reason="not canonical")
    return told


def read_time(text: object, member: str) -> datetime:
    """A time in the one form of ``times.stamp``, in years in which it can be reckoned with."""
    try:
        found = times.instant(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or times.stamp(found) != text or not 1900 <= found.year < 9000:
        raise Invalid("evidence.time", member=member)
    return found


def is_printable(text: str) -> bool:
    """Names of a hostile bundle are shown in error messages: no controls, no marks of direction.

    ``str.isprintable`` also refuses what this Python's tables do not know yet, and new Chinese
    characters come with every version of Unicode: two verifiers would differ.

    >>> is_printable("溧水 区"), is_printable("a\\x1bb"), is_printable("a\\u202eb")
    (True, False, False)
    """
    return text.isprintable() or all(
        each == " " or unicodedata.category(each) not in _UNPRINTABLE for each in text
    )


def _all_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) and is_printable(value) for value in values)


def _is_text_map(value: object) -> bool:
    return isinstance(value, dict) and _all_texts([*value, *value.values()])
