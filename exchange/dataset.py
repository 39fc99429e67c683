"""Dataset documents: one signed document over many rows, each of which can be proved alone.

The rows are the leaves of one RFC 6962 tree; the head is a signed document like any other (issuer,
custody, source, as of when, digests of what was read and of the mapping), whose fields name the
tree's root, how many rows there are, and by which fields they are sorted. So 1.4 million rows cost
one signature, and a row with its salt, its path and the head is as good as a document of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crypto import jws, merkle
from crypto.errors import CryptoError
from crypto.merkle_tree import HASH_SIZE
from crypto.suites import by_alg
from exchange.document import Document
from exchange.errors import Invalid, Rejected
from exchange.ports import Record
from exchange.records import Records

_FIELDS = frozenset({"schema", "key", "count", "root", "about"})
_ROOT = re.compile(f"[0-9a-f]{{{2 * HASH_SIZE}}}")
Key = tuple[str, ...]
"""The values of the key fields of one row."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the rows of a dataset are."""

    schema: str
    """Name of what a row says (``enterprise-facts``, ``grant-decisions``)."""
    key: Key
    """The text fields by which rows are sorted and found; no two rows have the same."""
    about: Record = field(default_factory=dict)
    """What the head says besides; whoever is shown one row sees it, so nothing of any row."""

    def key_of(self, row: Mapping[str, Any]) -> Key:
        """The row's key. ``Invalid`` if a key field is no text.

        >>> Form("x", ("uscc",)).key_of({"uscc": "91", "n": 1})
        ('91',)
        """
        found = tuple(row.get(name) for name in self.key)
        if not all(isinstance(value, str) for value in found):
            raise Invalid("dataset.key", fields=", ".join(self.key), schema=self.schema)
        return found  # type: ignore[return-value]

    def keys_of(self, rows: Sequence[Record]) -> list[Key]:
        """Of each row; in columns at once.

        >>> from exchange.records import Records
        >>> Form("x", ("b", "a")).keys_of(Records(("a", "b"), (["1"], ["2"])))
        [('2', '1')]
        """
        if isinstance(rows, Records) and set(self.key) <= set(rows.names):
            told = [rows.columns[rows.names.index(name)] for name in self.key]
            if all({*map(type, values)} <= {str} for values in told):
                return list(zip(*told, strict=True))
        return [self.key_of(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A verified head."""

    document: Document
    form: Form
    count: int
    root: bytes

    @property
    def id(self) -> str:
        """The document's."""
        return self.document.id

    @property
    def digest(self) -> merkle.Digest:
        """The hash of its tree: that of the suite in which the head is signed."""
        return digest_of(self.document.token)


def head_record(form: Form, count: int, root: bytes) -> Record:
    """The fields of the head."""
    told = {
        "schema": form.schema,
        "key": list(form.key),
        "count": count,
        "root": root.hex(),
    }
    return told | ({"about": form.about} if form.about else {})


def read_head(document: Document) -> Dataset:
    """The dataset whose head this verified document is. ``Rejected`` if it is none."""
    told, fields = document.record, document.fields
    schema, count, root = (fields.get(name) for name in ("/schema", "/count", "/root"))
    names = tuple(fields.get(f"/key/{place}") for place in range(len(told.get("key") or ())))
    about = told.get("about", {})
    right = set(told) <= _FIELDS and not document.hidden and isinstance(about, dict)
    texts = [schema, root, *names]
    if not right or not names or not all(isinstance(each, str) for each in texts):
        raise Rejected("dataset.not-a-head", document=document.id)
    if not _ROOT.fullmatch(str(root)) or type(count) is not int or count < 0:
        raise Rejected("dataset.not-a-head", document=document.id)
    key = tuple(str(each) for each in names)
    return Dataset(document, Form(str(schema), key, about), count, bytes.fromhex(str(root)))


def digest_of(token: str) -> merkle.Digest:
    """The hash that goes with a token's suite; ``Rejected`` for what is no token."""
    try:
        header, *_ = jws.decode(token.partition("~")[0])
        return by_alg(header["alg"]).hasher
    except CryptoError as error:
        raise Rejected("document.not-authentic", reason=error.code) from None
