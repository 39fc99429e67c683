"""One row of a dataset, provable alone: row, salt, path and signed head in one file, and the place of
its dataset in the ledger.

``docs/dataset-format.md`` says in words what stands in it, for whoever writes another verifier.
Whoever has the file learns how many rows there are and nothing of any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crypto import base64url, certificates, merkle
from crypto.certificates import Certificate
from crypto.errors import CryptoError
from exchange import canonical, dataset_ledger
from exchange import evidence_format as form
from exchange.dataset import Dataset
from exchange.dataset_leaf import SALT_SIZE, Salted
from exchange.dataset_ledger import LedgerPlace
from exchange.datasets import Place
from exchange.errors import Invalid

FORMAT, VERSION = "zhida-row", 2
MOST_BYTES = 2**20
MEMBER = "proof"
_KEYS = frozenset(
    {"format", "version", "head", "row", "salt", "index", "path", "ledger", "certificates"}
)  # fmt: skip
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Proof:
    """What stands in the file."""

    head: str
    salted: Salted
    index: int
    path: tuple[bytes, ...]
    ledger: LedgerPlace
    certificates: tuple[Certificate, ...]


def make(found: Dataset, place: Place, ledger: LedgerPlace, chain: Iterable[Certificate]) -> bytes:
    """The file: canonical JSON. ``chain``: of the dataset's signer and of the ledger's."""
    told = {
        "format": FORMAT,
        "version": VERSION,
        "head": found.document.token,
        "row": place.salted.record,
        "salt": base64url.encode(place.salted.salt),
        "index": place.index,
        "path": [base64url.encode(each) for each in place.path],
        "ledger": ledger.told(),
        "certificates": sorted({base64url.encode(each.der) for each in chain}),
    }
    return canonical.dumps(told)


def read(data: bytes) -> Proof:
    """The file's parts. ``Invalid`` for anything that ``make`` would not write."""
    if len(data) > MOST_BYTES:
        raise Invalid("dataset.proof-too-big", limit=MOST_BYTES)
    told = form.read_json(data, MEMBER)
    if (told.get("format"), told.get("version")) != (FORMAT, VERSION) or set(told) != _KEYS:
        raise Invalid("dataset.proof-form", reason="format")
    index, path = told["index"], _hashes(told["path"])
    salt = _bytes(told["salt"], "salt", SALT_SIZE)
    if type(index) is not int or not isinstance(told["row"], dict):
        raise Invalid("dataset.proof-form", reason="row, index")
    if not isinstance(told["head"], str):
        raise Invalid("dataset.proof-form", reason="head")
    ledger = dataset_ledger.read(told["ledger"])
    chain = tuple(_certificate(each) for each in _texts(told["certificates"], "certificates"))
    salted = Salted(salt, canonical.dumps(told["row"]))
    return Proof(told["head"], salted, index, path, ledger, chain)


def _hashes(told: object) -> tuple[bytes, ...]:
    found = _texts(told, "path")
    if len(found) > _DEEPEST:
        raise Invalid("dataset.proof-form", reason="path")
    return tuple(_bytes(each, "path", merkle.HASH_SIZE) for each in found)


def _texts(told: object, name: str) -> list[str]:
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise Invalid("dataset.proof-form", reason=name)
    return told


def _bytes(text: object, name: str, size: int) -> bytes:
    try:
        return base64url.decode_exactly(text, size)
    except CryptoError:
        raise Invalid("dataset.proof-form", reason=name) from None


def _certificate(text: str) -> Certificate:
    try:
        found = certificates.load(base64url.decode(text))
    except CryptoError as error:
        raise Invalid("dataset.proof-form", reason=error.code) from None
    if found.issuer == found.subject:
        raise Invalid("dataset.proof-form", reason="self-signed")
    return found
