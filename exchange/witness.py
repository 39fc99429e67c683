"""What hub and witness say to each other: a letter with a head and its proof, a signed answer.

A witness is somebody else: another account, another machine, best another organisation. It keeps
every head that it accepted, and accepts a head only if the tree under it begins with the tree of
one that it holds (RFC 9162, 2.1.4). Heads of its own beyond that one must be explained by a signed
epoch (``exchange.epoch``): else the ledger was rolled back, or there are two of it. The idea is
that of transparency logs' witnesses (C2SP tlog-witness); the forms are ours.
"""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from crypto import jws, merkle
from crypto.errors import BadSignature, CryptoError
from crypto.keys import PublicKey
from crypto.signer import Signer
from exchange import canonical, epoch, times
from exchange.epoch import Epoch
from exchange.errors import Invalid, Rejected, Retriable
from exchange.heads import Head

FORMAT = "zhida-head-letter-1"
TYPE = "zhida-witness+jws"


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry, and its path to the root of the letter's head."""

    seq: int
    body: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A head, the proof that its tree begins with the tree of ``since`` leaves, and epochs."""

    head: str
    since: int
    path: tuple[bytes, ...]
    epochs: tuple[Proven, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness says: the newest head that it accepted, and when it said so.

    ``alarm`` is the code of what it refused; empty: nothing. ``size`` 0: it holds no head yet.
    """

    witness: str
    origin: str
    size: int
    root: str
    head_at: str
    at: str
    alarm: str = ""


class Kept(Protocol):
    """The heads that a witness has accepted and that nothing explained away: sizes are unique."""

    @property
    def digest(self) -> merkle.Digest:
        """The tree's."""

    def head_of(self, token: str) -> Head | None:
        """What a head says, if the hub signed it with a key that was its own then."""

    def of_size(self, size: int) -> Head | None:
        """The one of this size."""

    def beyond(self, size: int) -> list[Head]:
        """Those of larger trees, by size."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is to be kept from now on, and which heads an epoch has explained as lost."""

    head: Head
    lost: tuple[Head, ...] = ()


def accept(letter: Letter, kept: Kept, origin: str) -> Accepted | None:
    """The letter's head; None if it is known already.

    ``Retriable``: the proof does not begin at a head that is held; the answer says which is.
    ``Rejected``: not the hub's, or not a continuation. Then two signed heads prove it.
    """
    head = kept.head_of(letter.head)
    if head is None or head.origin != origin:
        raise Rejected("witness.head-signature")
    if _is_known(head, kept):
        return None
    _require_continued(letter, head, kept)
    later = kept.beyond(letter.since)
    epochs = [_epoch(each, head, kept.digest) for each in letter.epochs]
    strays = [each for each in later if not any(epoch.explains(e, asdict(each)) for e in epochs)]
    if not strays:
        return Accepted(head, tuple(later))
    if any(head.size <= each.size for each in strays):
        raise Rejected("witness.rolled-back", size=head.size, head=strays[-1].size)
    raise Retriable("witness.other-start", since=letter.since, held=strays[-1].size)


def _is_known(head: Head, kept: Kept) -> bool:
    """The same, or an older letter that comes late: what was signed after it is held already."""
    same, later = kept.of_size(head.size), kept.beyond(head.size)
    if same is None or same.root != head.root:
        return False
    return not later or head.at <= later[-1].at


def _require_continued(letter: Letter, head: Head, kept: Kept) -> None:
    base = kept.of_size(letter.since) if letter.since else None
    if letter.since and base is None:
        held = max((each.size for each in kept.beyond(0)), default=0)
        raise Retriable("witness.other-start", since=letter.since, held=held)
    root = bytes.fromhex(base.root) if base else kept.digest(b"")
    roots = (root, bytes.fromhex(head.root))
    try:
        merkle.verify_consistency(letter.since, head.size, letter.path, *roots, kept.digest)
    except BadSignature:
        raise Rejected("witness.forked", size=letter.since, head=head.size) from None


def _epoch(told: Proven, head: Head, digest: merkle.Digest) -> Epoch:
    leaf = merkle.leaf_hash(digest, told.body)
    try:
        root = bytes.fromhex(head.root)
        merkle.verify_inclusion(leaf, told.seq, head.size, told.path, root, digest)
        found = epoch.read(told.body)
    except (BadSignature, Invalid):
        raise Rejected("witness.forked", size=told.seq, head=head.size) from None
    if found.size != told.seq:
        raise Rejected("witness.forked", size=told.seq, head=head.size)
    return found


def sign(answer: Answer, key: Signer) -> str:
    """The answer as a token: without alarm, it is the co-signature of the head it names."""
    return jws.sign(canonical.dumps(asdict(answer)), key, {"typ": TYPE})


def read_answer(token: str, key: PublicKey) -> Answer:
    """``Rejected`` unless this witness signed it as an answer."""
    try:
        header, payload = jws.verify(token.strip(), key)
        told = Answer(**canonical.loads(payload))
        times.instant(told.at)
        well = isinstance(told.size, int) and bytes.fromhex(told.root) is not None
    except (CryptoError, Invalid, TypeError, ValueError):
        raise Rejected("witness.answer") from None
    if header.get("typ") != TYPE or not well:
        raise Rejected("witness.answer")
    return told


def dumps(letter: Letter) -> bytes:
    """A letter as canonical JSON."""
    epochs = [
        {"seq": each.seq, "body": _text(each.body), "path": [n.hex() for n in each.path]}
        for each in letter.epochs
    ]
    told = {"format": FORMAT, "head": letter.head, "since": letter.since, "epochs": epochs}
    return canonical.dumps({**told, "path": [node.hex() for node in letter.path]})


def loads(data: bytes) -> Letter:
    """A letter out of its bytes. ``Invalid`` for any other form."""
    try:
        told = canonical.loads(data)
        if told["format"] != FORMAT or int(told["since"]) < 0:
            raise Invalid("witness.letter")
        epochs = tuple(_proven(each) for each in told["epochs"])
        return Letter(str(told["head"]), int(told["since"]), _nodes(told["path"]), epochs)
    except (KeyError, TypeError, ValueError, Invalid):
        raise Invalid("witness.letter") from None


def _proven(told: dict[str, Any]) -> Proven:
    body = base64.b64decode(told["body"], validate=True)
    return Proven(int(told["seq"]), body, _nodes(told["path"]))


def _nodes(told: list[str]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(each) for each in told)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
