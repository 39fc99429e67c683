"""Whether a certificate was trustworthy at one moment: a checklist that fails closed.

In this order, over the whole chain, so that the error tells how far the evidence holds:

1. a path of good signatures to a given anchor        ``Untrusted``, ``BadSignature``
2. every certificate may do what it does in the path   ``Untrusted``, ``Unsupported``
3. every certificate was valid at the moment           ``Expired``
4. none was revoked at or before the moment            ``Revoked``, ``Expired`` (stale list)

The moment must itself be proven (a signed head, a time stamp): a thief of a revoked key may claim
any date. Without a list of an issuer its certificates count as not revoked; who needs lists must
demand them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from crypto.errors import CryptoError, Expired, Malformed, Revoked, Unsupported, Untrusted
from crypto.x509_certificate import Certificate, RevocationList
from crypto.x509_forms import instant

_MOST = 32
"""Intermediates looked at: a bundle is somebody else's writing."""
_ANY_PURPOSE = "2.5.29.37.0"
_Step = Callable[[Certificate, Certificate, int], None]
"""Raises unless a certificate may stand under an issuer that has so many intermediates below it."""


def verify_chain(
    leaf: Certificate,
    intermediates: Iterable[Certificate],
    anchors: Iterable[Certificate],
    *,
    at: datetime,
    crls: Iterable[RevocationList] = (),
    purpose: str | None = None,
    known_at: datetime | None = None,
) -> list[Certificate]:
    """The path from ``leaf``, which may sign at ``at``, to one of ``anchors``, else raises (see above).

    ``purpose`` is the object identifier of the extended key usage that the caller needs; a leaf
    that is limited to other purposes (TLS) signs no documents. ``known_at``: whatever was revoked
    until then counts as revoked, though ``at``, which the signer wrote, be earlier.
    """
    moment, others, lists = instant(at), list(intermediates), list(crls)
    against = max(moment, instant(known_at or at))
    if len(others) > _MOST:
        raise Malformed("crypto.too-many-certificates", "too many intermediates", most=_MOST)

    def good(certificate: Certificate, issuer: Certificate, below: int) -> None:
        _may(certificate, issuer, below)
        _check_validity(issuer, moment)
        _check_revocation(certificate, issuer, lists, at=moment, against=against)

    chain = _best_path(leaf, others, list(anchors), (good, _may))
    _check_leaf(leaf, purpose)
    for below, authority in enumerate(chain[1:]):
        _check_authority(authority, below)
    for certificate in chain:
        _check_critical(certificate.unknown_critical, certificate.common_name)
    for certificate in chain:
        _check_validity(certificate, moment)
    for certificate, issuer in pairwise(chain):
        _check_revocation(certificate, issuer, lists, at=moment, against=against)
    return chain


def _best_path(
    leaf: Certificate,
    others: Sequence[Certificate],
    anchors: Sequence[Certificate],
    steps: Iterable[_Step],
) -> list[Certificate]:
    """A path on which nothing is amiss, before one that is only permitted, before any: a CA that
    was renewed, or certified by two roots, has several, and one good path is enough.
    """
    for step in steps:
        try:
            return _path(leaf, others, anchors, step)
        except CryptoError:
            continue
    return _path(leaf, others, anchors, lambda _, __, ___: None)


def _may(_: Certificate, issuer: Certificate, below: int) -> None:
    _check_authority(issuer, below)
    _check_critical(issuer.unknown_critical, issuer.common_name)


def _path(
    leaf: Certificate,
    others: Sequence[Certificate],
    anchors: Sequence[Certificate],
    step: _Step,
) -> list[Certificate]:
    """The shortest path upwards. Breadth first, each certificate once: rings and fans end.

    A shorter way to a certificate allows whatever a longer one does, so the first is enough.
    """
    failures: list[CryptoError] = []
    paths, seen = [[leaf]], {leaf.der}
    for path in paths:
        for anchor in anchors:
            if _issued(path[-1], anchor, failures) and _passes(step, path, anchor):
                return [*path, anchor]
        for other in others:
            if other.der in seen or not _issued(path[-1], other, failures):
                continue
            if _passes(step, path, other):
                seen.add(other.der)
                paths.append([*path, other])
    # A named issuer whose signature fails tells more than that no anchor was reached.
    raise failures[0] if failures else Untrusted("crypto.no-anchor", "no path to a trust anchor")


def _passes(step: _Step, path: Sequence[Certificate], issuer: Certificate) -> bool:
    try:
        step(path[-1], issuer, len(path) - 1)
    except CryptoError:
        return False
    return True


def _issued(certificate: Certificate, issuer: Certificate, failures: list[CryptoError]) -> bool:
    if certificate.issuer != issuer.subject:
        return False
    named = certificate.issuer_key_id
    if named and issuer.key_id and named != issuer.key_id:
        return False
    try:
        certificate.signed.check(issuer.public_key)
    except CryptoError as error:
        failures.append(error)
        return False
    return True


def _check_leaf(leaf: Certificate, purpose: str | None) -> None:
    if leaf.authority or "digital_signature" not in leaf.usages:
        raise Untrusted("crypto.certificate-usage", "may not sign", subject=leaf.common_name)
    allowed = leaf.purposes
    if allowed is not None and not allowed & {_ANY_PURPOSE, purpose}:
        raise Untrusted("crypto.certificate-purpose", "for another use", subject=leaf.common_name)


def _check_authority(authority: Certificate, below: int) -> None:
    """``below`` counts the intermediates between this authority and the leaf."""
    if not authority.authority or "key_cert_sign" not in authority.usages:
        message = "may not issue certificates"
        raise Untrusted("crypto.not-an-authority", message, subject=authority.common_name)
    if authority.path_length is not None and below > authority.path_length:
        message = "more authorities below than it allows"
        raise Untrusted("crypto.path-length", message, subject=authority.common_name)


def _check_critical(unknown: Sequence[str], subject: str) -> None:
    if unknown:
        message = "a critical extension that is not understood"
        raise Unsupported("crypto.critical-extension", message, oid=unknown[0], subject=subject)


def _check_validity(certificate: Certificate, at: datetime) -> None:
    facts = {"subject": certificate.common_name, "serial": certificate.serial}
    if at < certificate.valid_from:
        raise Expired("crypto.not-yet-valid", "not valid yet at that moment", **facts)
    if at > certificate.valid_until:
        raise Expired("crypto.certificate-expired", "no longer valid at that moment", **facts)


def _check_revocation(
    certificate: Certificate,
    issuer: Certificate,
    crls: Sequence[RevocationList],
    *,
    at: datetime,
    against: datetime,
) -> None:
    own = [each for each in crls if each.issuer == issuer.subject]
    for each in own:
        check_list(each, issuer)
    facts = {"subject": certificate.common_name, "serial": certificate.serial}
    dates = [each.revoked[certificate.serial] for each in own if certificate.serial in each.revoked]
    if dates and min(dates) <= against:
        raise Revoked("crypto.revoked", "revoked at or before that moment", **facts)
    # A later list still tells about an earlier moment, an outdated one does not about a later.
    if own and all(each.next_update < at for each in own):
        raise Expired("crypto.crl-expired", "every list ended before that moment", **facts)


def names_issuer(crl: RevocationList, issuer: Certificate) -> bool:
    """Does the list say that it is this authority's? By name, and by key if both tell their key:
    an authority that has renewed its key has two lists of one name.
    """
    keys = {crl.issuer_key_id, issuer.key_id} - {""}
    return crl.issuer == issuer.subject and len(keys) < 2


def check_list(crl: RevocationList, issuer: Certificate) -> None:
    """Raises unless ``issuer`` signed the list, may do so, and nothing in it is beyond us."""
    crl.signed.check(issuer.public_key)
    if "crl_sign" not in issuer.usages:
        message = "may not sign revocation lists"
        raise Untrusted("crypto.not-a-crl-signer", message, subject=issuer.common_name)
    _check_critical(crl.unknown_critical, issuer.common_name)
