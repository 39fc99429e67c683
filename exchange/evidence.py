"""Export: everything that a third party needs to check a case, in one file, and nothing more.

A receiver's bundle (``unit``) is made of what this unit received and of the ledger's entries
about it; the whole case's of everything. No document discloses more in it than it did on its way.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from crypto import jws, merkle, sd_jwt, stamp_form
from crypto.certificates import Certificate
from crypto.errors import CryptoError
from crypto.suites import suite
from exchange import canonical, document, evidence_pruned, times
from exchange import evidence_format as form
from exchange.archive import Archive
from exchange.document import Document
from exchange.errors import Fatal, Invalid, Rejected
from exchange.evidence_format import Manifest
from exchange.evidence_parts import Leaf, read_head
from exchange.evidence_zip import pack
from exchange.keyring import Keys
from exchange.ports import Clock, Signer
from exchange.store import case_rows, ledger_rows, outside_rows
from exchange.store.engine import Connection, Store
from exchange.store.ledger_rows import HeadRow


@dataclass(frozen=True, slots=True)
class Exporter:
    """Makes evidence out of the hub's store, and seals it with the hub's key."""

    store: Store
    archive: Archive
    keyring: Keys
    signer: Signer
    origin: str
    """Name of the ledger."""
    hub: str
    """The hub's unit."""
    clock: Clock
    titles: Mapping[str, str] = field(default_factory=dict)
    """Unit → its name for people."""
    intermediates: tuple[Certificate, ...] = ()
    """Certificates between the units' and the anchors."""

    def export(
        self,
        case: str,
        *,
        unit: str = "",
        older: str = "",
        transfer: str = "",
        fields: Collection[str] = (),
    ) -> bytes:
        """The bundle of a case, or of what ``unit`` received in it, or of one ``transfer`` (or query; the
        beginning of its id is enough), of which no more than ``fields`` (JSON Pointers) are shown if any are named.

        ``older`` is a head that the checker kept: the bundle then proves that the ledger goes on
        from it. Raises ``Fatal`` (no such case), ``Rejected`` (nothing to tell, or a head that is
        not one of this ledger's), ``Invalid``.
        """
        parts = _Parts(self, case, unit, transfer, frozenset(fields))
        with self.store.read() as connection:
            matter = parts.read(connection, older)
        now = self.clock()
        hub = parts.certificate(self.hub, self.signer.kid, times.stamp(now))
        members = parts.members()
        digest = suite(self.signer.suite).digest
        manifest = Manifest(
            case=case,
            matter=matter,
            scope=parts.scope,
            unit=parts.unit,
            origin=self.origin,
            hub=self.hub,
            organization=hub.organization,
            suite=self.signer.suite,
            exported_at=now,
            titles={name: self.titles[name] for name in parts.units & set(self.titles)},
            members={name: digest(body).hex() for name, body in members.items()},
        )
        return pack(members | self._sealed(manifest))

    def _sealed(self, manifest: Manifest) -> dict[str, bytes]:
        """The manifest and the hub's detached signature over it (RFC 7515 appendix F)."""
        data = manifest.to_bytes()
        head, _, signature = jws.sign(data, self.signer, {"typ": form.SEAL_TYPE}).split(".")
        return {form.MANIFEST: data, form.SEAL: f"{head}..{signature}".encode()}


@dataclass(slots=True)
class _Parts:
    """The members as they are gathered."""

    exporter: Exporter
    case: str
    unit: str
    transfer: str = ""
    fields: frozenset[str] = frozenset()
    leaves: list[Leaf] = field(default_factory=list)
    units: set[str] = field(default_factory=set)
    _certificates: dict[str, bytes] = field(default_factory=dict)
    _ledger: dict[str, bytes] = field(default_factory=dict)

    @property
    def scope(self) -> str:
        """How much it is."""
        if self.transfer:
            return "field" if self.fields else "transfer"
        return "unit" if self.unit else "case"

    def read(self, connection: Connection, older: str) -> str:
        """Entries, head and paths from one state of the store; gives the case's matter."""
        row = case_rows.get_case(connection, self.case)
        head = ledger_rows.head(connection)
        if row is None or head is None:
            raise Fatal("evidence.no-case", case=self.case)
        found = ledger_rows.entries_of_case(connection, self.case)
        evidence_pruned.require_whole(connection, self.case, found)
        leaves = [Leaf.read(entry.seq, entry.body) for entry in found]
        self.leaves = self._wanted(leaves)
        if not self.leaves:
            raise Rejected("evidence.nothing-received", case=self.case, unit=self.unit)
        _require_forward(self.case, self.leaves)
        self._prove(connection, self._stamped(connection, head, older) or head, older)
        return row.matter

    def _wanted(self, leaves: list[Leaf]) -> list[Leaf]:
        if not self.transfer:
            return _of_unit(leaves, self.unit) if self.unit else leaves
        notes = [n for n in leaves if n.kind in form.NOTES and n.ref.startswith(self.transfer)]
        if len(notes) != 1:
            raise Rejected("evidence.no-transfer", case=self.case, transfer=self.transfer)
        self._require_fields(notes[0])
        self.unit = notes[0].told["receiver"]
        return _with_notes(leaves, notes)

    def _require_fields(self, note: Leaf) -> None:
        for name in sorted(self.fields - set(note.told["disclosed"])):
            raise Rejected("evidence.no-field", transfer=note.ref, path=name)

    def _stamped(self, connection: Connection, newest: HeadRow, older: str) -> HeadRow | None:
        """The earliest head over everything here that bears a time stamp; its stamp goes with it."""
        least = read_head(older, form.OLDER).size if older else 0
        row = outside_rows.first_stamp(connection, max(least, self.leaves[-1].seq + 1))
        if row is None or ledger_rows.head_of(connection, row.size) != row.head:
            return None
        answer = base64.b64decode(row.seal)
        try:
            stamp_form.read(answer)
        except CryptoError:
            return None  # of before it was demanded: openssl can check it beside the bundle
        self._ledger[form.STAMP] = answer
        return newest if row.size == newest.size else HeadRow(row.size, "", row.head)

    def _prove(self, connection: Connection, head: HeadRow, older: str) -> None:
        tiles = ledger_rows.reader(connection, head.size, suite(self.exporter.signer.suite).digest)
        paths = {
            str(leaf.seq): _hex(merkle.inclusion_path(leaf.seq, head.size, tiles))
            for leaf in self.leaves
        }
        self._ledger[form.HEAD] = head.token.encode()
        proofs: dict[str, object] = {"paths": paths}
        if older:
            size = self._size_of(older, head.size, tiles)
            proofs["consistency"] = _hex(merkle.consistency_path(size, head.size, tiles))
            self._ledger[form.OLDER] = older.encode()
        self._ledger[form.PROOFS] = canonical.dumps(proofs)

    def _size_of(self, older: str, size: int, tiles: merkle.Tiles) -> int:
        """The older head's size; ``Rejected`` unless our ledger had this very root then."""
        told, origin = read_head(older, form.OLDER), self.exporter.origin
        ours = told.origin == origin and told.size <= size
        if not ours or merkle.root_hash(told.size, tiles) != told.root:
            raise Rejected("evidence.other-ledger", origin=origin)
        return told.size

    def members(self) -> dict[str, bytes]:
        """Everything but manifest and seal."""
        members = {form.entry_name(leaf.seq): leaf.body for leaf in self.leaves}
        for leaf in self.leaves:
            if leaf.kind == "document":
                found = self._open(leaf.ref)
                token = document.disclose(found, ())
                members[form.document_name(document.digest(token))] = token.encode()
                self.units.add(found.origin.provider)
            if leaf.kind in form.NOTES:
                found = self._open(leaf.told["document"])
                shown = sorted(self.fields) or leaf.told["disclosed"]
                token = document.disclose(found, shown)
                members[form.transfer_name(leaf.ref)] = token.encode()
                self.units |= {leaf.told["provider"], leaf.told["receiver"]}
        for name in self._ledger:
            if name in (form.HEAD, form.OLDER):
                head = read_head(self._ledger[name].decode(), name)
                self.certificate(self.exporter.hub, head.kid, times.stamp(head.at))
        self._keep(self.exporter.intermediates)
        return members | self._ledger | self._certificates

    def _open(self, identifier: str) -> Document:
        found = self.exporter.archive.get(identifier)
        peeked = sd_jwt.peek(found.token)
        self.certificate(found.origin.issuer, peeked.kid, str(peeked.always["iat"]))
        return found

    def certificate(self, unit: str, kid: str, at: str) -> Certificate:
        """The unit's certificate of this key that was valid then; it goes into the bundle."""
        moment = times.instant(at)
        known = [c for c in self.exporter.keyring.certificates(unit) if c.public_key.kid == kid]
        valid = [c for c in known if c.valid_from <= moment <= c.valid_until]
        if not known:
            raise Invalid("evidence.no-certificate", unit=unit, kid=kid)
        chosen = (valid or known)[0]
        self._keep([chosen])
        self.units.add(unit)
        return chosen

    def _keep(self, certificates: Iterable[Certificate]) -> None:
        for each in certificates:
            fingerprint = hashlib.sha256(each.der).hexdigest()
            self._certificates[form.certificate_name(fingerprint)] = each.pem


def _of_unit(leaves: list[Leaf], unit: str) -> list[Leaf]:
    """What went to this unit, the documents that it came from, and the receipts of its effects."""
    return _with_notes(
        leaves, [x for x in leaves if x.kind in form.NOTES and x.told["receiver"] == unit]
    )


def _with_notes(leaves: list[Leaf], notes: list[Leaf]) -> list[Leaf]:
    """These notes, their documents, the receipts of their effects."""
    documents = {note.told["document"] for note in notes}
    effects = {note.told["effect"] for note in notes} - {""}
    return [
        leaf
        for leaf in leaves
        if leaf in notes
        or (leaf.kind == "document" and leaf.ref in documents)
        or (leaf.kind == "receipt" and leaf.told["effect"] in effects)
    ]


def _hex(path: list[bytes]) -> list[str]:
    return [node.hex() for node in path]


def _require_forward(case: str, leaves: Sequence[Leaf]) -> None:
    """``Rejected`` where the hub's clock was put back in between: no verifier would believe it."""
    for before, after in pairwise(leaves):
        if after.at < before.at - times.SKEW:
            raise Rejected("evidence.clock-back", case=case, seq=after.seq)
