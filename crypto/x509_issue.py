"""A small certificate authority: for the sandbox, for tests, and for a district without its own."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from asn1crypto import crl, keys, x509

from crypto import x509_forms as forms
from crypto.errors import BadKey, Malformed, translated
from crypto.keys import PrivateKey, PublicKey
from crypto.signer import Signer
from crypto.x509_certificate import Certificate, Revocation, RevocationList
from crypto.x509_read import load, load_crl

_AUTHORITY = frozenset({"key_cert_sign", "crl_sign"})
_DNS_NAME = re.compile(r"[A-Za-z0-9.-]{1,253}")


def issue_ca(
    name: str,
    key: PrivateKey,
    valid_from: datetime,
    valid_until: datetime,
    *,
    organization: str = "",
    path_length: int | None = None,
) -> Certificate:
    """A self-signed root certificate."""
    subject = forms.name(name, organization)
    tbs = {
        "issuer": subject,
        "subject": subject,
        "validity": forms.validity(valid_from, valid_until),
        "extensions": [
            *_use_extensions(_AUTHORITY, path_length),
            *_key_extensions(key.public, key.public),
        ],
    }
    return _signed(tbs, key.public, key, serial=None)


def issue(  # noqa: PLR0913 - a certificate has that many properties; all but four by name
    subject: str,
    public_key: PublicKey,
    ca_cert: Certificate,
    ca_key: Signer,
    *,
    valid_from: datetime,
    valid_until: datetime,
    serial: int | None = None,
    usages: Iterable[str] = ("digital_signature",),
    organization: str = "",
    path_length: int | None = None,
    purposes: Sequence[str] = (),
    hosts: Sequence[str] = (),
    attributes: Mapping[str, str] | None = None,
) -> Certificate:
    """A certificate under ``ca_cert``. ``usages`` with ``key_cert_sign`` make a sub-CA.

    ``attributes`` stand in the subject beside its names (``x509_forms.name``); ``purposes`` are extended key usages (``server_auth``, ``client_auth``), ``hosts`` the names
    and addresses of a TLS server. Raises ``BadKey`` when ``ca_key`` is not the one of
    ``ca_cert``, ``Malformed`` for names and times that a certificate cannot hold.
    """
    if ca_key.kid != ca_cert.public_key.kid:
        raise BadKey("crypto.issuer-key", "the key is not the one of the issuer's certificate")
    tbs = {
        "issuer": x509.Name.load(ca_cert.subject),
        "subject": forms.name(subject, organization, attributes),
        "validity": forms.validity(valid_from, valid_until),
        "extensions": [
            *_use_extensions(frozenset(usages), path_length),
            *_key_extensions(public_key, ca_cert.public_key),
            *_tls_extensions(purposes, hosts),
        ],
    }
    return _signed(tbs, public_key, ca_key, serial=serial)


def issue_crl(
    ca_cert: Certificate,
    ca_key: Signer,
    revoked: Iterable[Revocation] = (),
    *,
    this_update: datetime,
    next_update: datetime,
    number: int = 1,
) -> RevocationList:
    """A revocation list of ``ca_cert``. ``number`` grows with every list of a CA."""
    if ca_key.kid != ca_cert.public_key.kid:
        raise BadKey("crypto.issuer-key", "the key is not the one of the issuer's certificate")
    with translated(Malformed, "crypto.certificate-content", "no list can say this"):
        tbs = crl.TbsCertList(
            {
                "version": "v2",
                "signature": forms.algorithm(ca_key.suite),
                "issuer": x509.Name.load(ca_cert.subject),
                **_updates(this_update, next_update),
                **_entries(revoked),
                "crl_extensions": _list_extensions(ca_cert, number),
            }
        )
    closing = forms.signed(tbs, ca_key)
    done = {"tbs_cert_list": tbs, "signature_algorithm": closing["signature_algorithm"]}
    return load_crl(crl.CertificateList({**done, "signature": closing["value"]}).dump())


def _signed(
    tbs: Mapping[str, Any], public_key: PublicKey, signer: Signer, *, serial: int | None
) -> Certificate:
    # 127 random bits: positive, and not to be guessed (RFC 5280 allows 20 octets).
    number = int.from_bytes(os.urandom(16), "big") >> 1 or 1 if serial is None else serial
    with translated(Malformed, "crypto.certificate-content", "no certificate can say this"):
        content = x509.TbsCertificate(
            {
                "version": "v3",
                "serial_number": number,
                "signature": forms.algorithm(signer.suite),
                "subject_public_key_info": keys.PublicKeyInfo.load(public_key.to_der()),
                **tbs,
            }
        )
    closing = forms.signed(content, signer)
    done = {"tbs_certificate": content, "signature_algorithm": closing["signature_algorithm"]}
    return load(x509.Certificate({**done, "signature_value": closing["value"]}).dump())


def _use_extensions(usages: frozenset[str], path_length: int | None) -> list[dict[str, Any]]:
    if not usages or not usages <= forms.KEY_USAGES:
        raise Malformed("crypto.certificate-content", "no such key usage")
    constraints: dict[str, Any] = {"ca": "key_cert_sign" in usages}
    if constraints["ca"] and path_length is not None:
        constraints["path_len_constraint"] = path_length
    return [
        forms.extension("basic_constraints", constraints, critical=True),
        forms.extension("key_usage", set(usages), critical=True),
    ]


def _key_extensions(own: PublicKey, issuer: PublicKey) -> list[dict[str, Any]]:
    return [
        forms.extension("key_identifier", forms.key_id(own)),
        forms.extension("authority_key_identifier", {"key_identifier": forms.key_id(issuer)}),
    ]


def _tls_extensions(purposes: Sequence[str], hosts: Sequence[str]) -> list[dict[str, Any]]:
    found = []
    if purposes:
        found.append(forms.extension("extended_key_usage", list(purposes)))
    if hosts:
        found.append(forms.extension("subject_alt_name", [_host(each) for each in hosts]))
    return found


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.GeneralName(name="ip_address", value=str(ip_address(host)))
    except ValueError:
        if not _DNS_NAME.fullmatch(host):
            raise Malformed("crypto.certificate-content", "not a host name in ASCII") from None
        return x509.GeneralName(name="dns_name", value=host)


def _updates(this_update: datetime, next_update: datetime) -> dict[str, x509.Time]:
    dates = forms.validity(this_update, next_update)
    return {"this_update": dates["not_before"], "next_update": dates["not_after"]}


def _entries(revoked: Iterable[Revocation]) -> dict[str, Any]:
    """An empty list of entries is left out (RFC 5280 section 5.1.2.6)."""
    entries = [
        {
            "user_certificate": int(each.serial, 16),
            "revocation_date": forms.time(each.at),
            "crl_entry_extensions": [forms.extension("crl_reason", each.reason)],
        }
        for each in revoked
    ]
    return {"revoked_certificates": entries} if entries else {}


def _list_extensions(ca_cert: Certificate, number: int) -> list[dict[str, Any]]:
    issuer_id = {"key_identifier": forms.key_id(ca_cert.public_key)}
    return [
        forms.extension("authority_key_identifier", issuer_id),
        forms.extension("crl_number", number),
    ]
