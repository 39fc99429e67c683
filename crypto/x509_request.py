"""A request for a certificate (PKCS #10, RFC 2986): what a key's holder takes to the CA."""

from __future__ import annotations

from asn1crypto import csr, keys

from crypto import pem
from crypto import x509_forms as forms
from crypto.errors import Malformed, translated
from crypto.keys import PrivateKey


def request(common_name: str, key: PrivateKey, *, organization: str = "") -> bytes:
    """The request in PEM, signed with ``key``: so the CA sees that the asker holds it.

    ``openssl req -verify`` accepts it (SM2: ``-vfyopt distid:1234567812345678``). ``Malformed``
    for a name that a certificate cannot hold.
    """
    with translated(Malformed, "crypto.certificate-content", "no request can say this"):
        told = csr.CertificationRequestInfo(
            {
                "version": "v1",
                "subject": forms.name(common_name, organization),
                "subject_pk_info": keys.PublicKeyInfo.load(key.public.to_der()),
                "attributes": [],
            }
        )
        closing = forms.signed(told, key)
        done = csr.CertificationRequest(
            {
                "certification_request_info": told,
                "signature_algorithm": closing["signature_algorithm"],
                "signature": closing["value"],
            }
        )
        return pem.armor("CERTIFICATE REQUEST", done.dump())
