"""Whom the checker trusts, and whether a signature leads there. Trust never comes from a bundle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from crypto import certificates, time_stamps
from crypto.certificates import Certificate, RevocationList
from crypto.errors import CryptoError, Expired, Malformed, Revoked, Untrusted
from exchange import times
from exchange.errors import Fact, Forbidden, Invalid, Problem, Rejected

_CERTIFICATES = (".crt", ".pem", ".cer")
_LISTS = (".crl",)


@dataclass(frozen=True, slots=True)
class Trust:
    """CA certificates and revocation lists that the checker got by a way of his own."""

    anchors: tuple[Certificate, ...]
    lists: tuple[RevocationList, ...] = ()
    stamp_anchors: tuple[bytes, ...] = ()
    """CA certificates (DER) of time-stamp authorities, got in the same way."""


def load(folder: Path, stamps: Path | None = None) -> Trust:
    """``stamps``: a folder of CA certificates of time-stamp authorities. Every ``*.crt``, ``*.pem``, ``*.cer`` and ``*.crl`` of a folder, one to a file.

    ``Forbidden`` if there is no such folder, no anchor in it, if a file can't be read, or if it is not a CA's.
    """
    paths = _files(folder)
    anchors = tuple(_anchor(path) for path in paths if path.suffix.lower() in _CERTIFICATES)
    lists = tuple(_list(path) for path in paths if path.suffix.lower() in _LISTS)
    if not anchors:
        raise Forbidden("evidence.no-anchor")
    return Trust(anchors, lists, _stamp_anchors(stamps))


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise Forbidden("evidence.no-trust-folder", folder=folder.as_posix())
    return sorted(folder.iterdir())


def _stamp_anchors(folder: Path | None) -> tuple[bytes, ...]:
    if folder is None:
        return ()
    paths = _files(folder)
    found = tuple(_stamp_anchor(path) for path in paths if path.suffix.lower() in _CERTIFICATES)
    if not found:  # whoever names a folder wants the stamp checked
        raise Forbidden("evidence.no-stamp-anchor")
    return found


def _stamp_anchor(path: Path) -> bytes:
    try:
        return time_stamps.anchor(path.read_bytes())
    except (OSError, CryptoError) as error:
        raise Forbidden("evidence.trust-file", file=path.name, reason=_reason(error)) from None


def _anchor(path: Path) -> Certificate:
    try:
        found = certificates.load(path.read_bytes())
    except (OSError, CryptoError) as error:
        raise Forbidden("evidence.trust-file", file=path.name, reason=_reason(error)) from None
    if not found.authority:
        raise Forbidden("evidence.trust-file", file=path.name, reason="not a CA certificate")
    return found


def _list(path: Path) -> RevocationList:
    try:
        return certificates.load_crl(path.read_bytes())
    except (OSError, CryptoError) as error:
        raise Forbidden("evidence.trust-file", file=path.name, reason=_reason(error)) from None


def _reason(error: Exception) -> str:
    return error.code if isinstance(error, CryptoError) else type(error).__name__


@dataclass(slots=True)
class Signers:
    """Finds the certificate of each signature in a bundle and follows it to an anchor.

    What is authentic but lapsed (expired, revoked) is collected: it is told only after everything
    else has been found right, so that "lapsed" always means "authentic, but".
    """

    bundled: Mapping[str, Certificate]
    trust: Trust
    lapsed: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    used: dict[str, Certificate] = field(default_factory=dict)
    _found: dict[tuple[str, str, datetime, datetime], Certificate] = field(default_factory=dict)

    def find(self, unit: str, kid: str, at: datetime, known_at: datetime) -> Certificate:
        """The unit's certificate of this key, which signed at the instant ``at``.

        ``known_at`` is when the ledger took the signature in, the instant that is not only the
        signer's own word: a certificate revoked before that lapses, whatever date it wrote.
        """
        asked = (unit, kid, at, known_at)
        if asked not in self._found:
            self._found[asked] = self._find(*asked)
        return self._found[asked]

    def _find(self, unit: str, kid: str, at: datetime, known_at: datetime) -> Certificate:
        fitting = {
            name: each
            for name, each in self.bundled.items()
            if (each.common_name, each.public_key.kid) == (unit, kid) and not each.authority
        }
        if not fitting:
            raise Rejected("evidence.no-certificate", unit=unit, kid=kid)
        self.used |= fitting
        found = [self._lapses(each, at, known_at) for each in fitting.values()]
        best = min(found, key=len)
        self.lapsed += best
        return list(fitting.values())[found.index(best)]

    def _lapses(self, leaf: Certificate, at: datetime, known_at: datetime) -> list[Problem]:
        unit = leaf.common_name
        others = [each for each in self.bundled.values() if each.authority]
        try:
            chain = certificates.verify_chain(
                leaf, others, self.trust.anchors,
                at=at, crls=self.trust.lists, known_at=known_at,
            )  # fmt: skip
        except (Expired, Revoked) as error:
            kind = "revoked" if isinstance(error, Revoked) else "expired"
            facts = {"unit": unit, "serial": leaf.serial, "at": times.stamp(at)}
            return [Problem(f"evidence.{kind}", facts | {"reason": error.code})]
        except CryptoError as error:
            raise _untrusted(unit, error) from None
        self._remark_later(leaf, chain[:-1])
        return []

    def _remark_later(self, leaf: Certificate, chain: Iterable[Certificate]) -> None:
        """Revoked after the ledger took the signature in: the reader should know."""
        for each in chain:
            for when in self._dates(each):
                facts = {"unit": leaf.common_name, "serial": each.serial, "at": times.stamp(when)}
                self.remark("evidence.revoked-later", facts)

    def _dates(self, certificate: Certificate) -> list[datetime]:
        own = [each for each in self.trust.lists if each.issuer == certificate.issuer]
        dates = [x.revoked[certificate.serial] for x in own if certificate.serial in x.revoked]
        return sorted(dates)[:1]

    def remark(self, code: str, facts: Mapping[str, Fact]) -> None:
        """Something that the reader should know, once."""
        told = Problem(code, facts)
        if told not in self.remarks:
            self.remarks.append(told)

    def check_all_used(self) -> None:
        """A certificate that nobody signed with has no business here."""
        for name, each in self.bundled.items():
            if not each.authority and name not in self.used:
                raise Invalid("evidence.member-unused", member=name)


def _untrusted(unit: str, error: CryptoError) -> Forbidden | Rejected | Invalid:
    if isinstance(error, Untrusted) and error.code == "crypto.no-anchor":
        return Forbidden("evidence.untrusted", unit=unit)
    if isinstance(error, Malformed):
        return Invalid("evidence.chain-form", unit=unit, reason=error.code)
    return Rejected("evidence.chain", unit=unit, reason=error.code)
