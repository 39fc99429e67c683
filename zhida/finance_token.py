"""What a firm has signed with its own certificate: a letter to a bank, or that it takes one back.

A compact JWS whose header carries the certificate with what leads to its CA (``x5c``, RFC 7515 section
4.1.6). The header chooses nothing: the key and the algorithm are the certificate's, the certificate must
lead to a CA that the site has named, and the firm is who the certificate says. Looked at in this order:

1. the form: a compact JWS of the right type, canonical JSON, a chain of at most 8 certificates
2. the chain at this moment, with the revocation lists that the site has, and that it may sign
3. the firm: the certificate names exactly one, and it is the one that the record names
4. the signature

The firm's code (统一社会信用代码) stands in the certificate's subject: in serialNumber (2.5.4.5), in
organizationIdentifier (2.5.4.97; also as ``NTRCN-…``, ETSI EN 319 412-1) or in OU (2.5.4.11).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crypto import certificates, jws, x509_subject
from crypto.certificates import Certificate
from crypto.errors import BadKey, CryptoError, Expired, Revoked, Unsupported
from exchange import canonical, pointer
from exchange.errors import Forbidden, Invalid
from mappings.identifiers import gb32100
from zhida.finance_rules import FinanceRules

LARGEST = 65_536
"""Characters of a token: a letter has one or two thousand, a chain some thousand more."""
LONGEST = 8
_REGISTER = "NTRCN-"
_PLACES = (
    x509_subject.SERIAL_NUMBER,
    x509_subject.ORGANIZATION_IDENTIFIER,
    x509_subject.ORGANIZATIONAL_UNIT,
)
_USAGE = frozenset({"crypto.certificate-usage", "crypto.certificate-purpose"})


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of record that firms sign."""

    type: str
    """``typ`` of the header: one kind never passes for another."""
    grantor: str
    """Pointer of the firm's code in the record."""


LETTER = Form("zhida-finance-letter+jws", "/grantor/uscc")
REVOCATION = Form("zhida-finance-revocation+jws", "/grantor")


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed, by whom. Its shape is not looked at yet."""

    record: Mapping[str, Any]
    payload: bytes
    uscc: str
    """The firm, as its certificate says."""
    token: str


def read(rules: FinanceRules, token: str, form: Form, *, now: datetime) -> Signed:
    """Who signed what. ``Invalid`` for what has not the form, ``Forbidden`` for the rest."""
    header, payload = _decoded(token, form)
    record, chain = _record(payload), _chain(header)
    _require_trust(rules, chain, now)
    uscc = firm_of(chain[0])
    if pointer.get(record, form.grantor) not in (None, uscc):
        raise Forbidden("finance.other-grantor")
    try:
        jws.verify(token, chain[0].public_key)
    except CryptoError as error:
        raise Forbidden("finance.signature", reason=error.code) from None
    return Signed(record, payload, uscc, token)


def require_trust(rules: FinanceRules, token: str, *, now: datetime) -> None:
    """Of what was taken in before: does its certificate still lead to a CA of the site? ``Forbidden`` if not."""
    header, _, _, _ = jws.decode(token)
    _require_trust(rules, _chain(header), now)


def firm_of(certificate: Certificate) -> str:
    """The firm's code in a certificate. ``Forbidden`` if it names none, or more than one."""
    texts = x509_subject.values(certificate, _PLACES)
    found = {text.removeprefix(_REGISTER) for text in texts}
    codes = {code for code in found if gb32100.is_valid(code) and gb32100.validate(code) == code}
    if len(codes) != 1:
        raise Forbidden("finance.no-uscc", found=len(codes))
    return codes.pop()


def _decoded(token: str, form: Form) -> tuple[dict[str, Any], bytes]:
    if len(token) > LARGEST:
        raise Invalid("finance.token-form", reason="size")
    try:
        header, payload, _, _ = jws.decode(token)
    except (CryptoError, UnicodeError) as error:
        raise Invalid("finance.token-form", reason=getattr(error, "code", "ascii")) from None
    if header.get("typ") != form.type:
        raise Invalid("finance.token-type", wanted=form.type)
    return header, payload


def _record(payload: bytes) -> dict[str, Any]:
    """One text has one meaning: what is signed is exactly the canonical form."""
    try:
        found = canonical.loads(payload)
    except Invalid as error:
        raise Invalid("finance.token-form", reason=error.code) from None
    if not isinstance(found, dict) or canonical.dumps(found) != payload:
        raise Invalid("finance.not-canonical")
    return found


def _chain(header: Mapping[str, Any]) -> list[Certificate]:
    told = header.get("x5c")
    if not isinstance(told, list) or not 0 < len(told) <= LONGEST:
        raise Invalid("finance.no-chain", most=LONGEST)
    try:
        return [certificates.load(_der(each)) for each in told]
    except (BadKey, Unsupported) as error:
        raise Forbidden("finance.certificate-kind", reason=error.code) from None
    except (CryptoError, ValueError, TypeError):
        raise Invalid("finance.no-chain", most=LONGEST) from None


def _der(text: object) -> bytes:
    """Base64 as RFC 7515 has it here: not base64url. A PEM file is no DER."""
    raw = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    if raw[:1] != b"\x30":
        raise ValueError("no DER")
    return raw


def _require_trust(rules: FinanceRules, chain: Sequence[Certificate], now: datetime) -> None:
    leaf, *others = chain
    lists = rules.revocation_lists()
    try:
        certificates.verify_chain(leaf, others, rules.trust, at=now, crls=lists)
    except Revoked:
        raise Forbidden("finance.certificate-revoked") from None
    except Expired as error:
        if error.code == "crypto.crl-expired":
            raise Forbidden("finance.crl-stale") from None
        raise Forbidden("finance.certificate-time", reason=error.code) from None
    except CryptoError as error:
        if error.code in _USAGE:
            raise Forbidden("finance.certificate-usage", reason=error.code) from None
        raise Forbidden("finance.untrusted", reason=error.code) from None
