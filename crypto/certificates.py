"""X.509 for SM2, Ed25519 and P-256: one door to reading, issuing and verifying.

``cryptography`` cannot verify SM2 certificates, so this is written out; all suites take the same
path, and the ``openssl`` command accepts what is made here (SM2: ``-vfyopt
distid:1234567812345678``).
"""

from crypto.x509_certificate import Certificate, Revocation, RevocationList
from crypto.x509_issue import issue, issue_ca, issue_crl
from crypto.x509_read import load, load_crl
from crypto.x509_request import request
from crypto.x509_verify import check_list, names_issuer, verify_chain

__all__ = [
    "Certificate",
    "Revocation",
    "RevocationList",
    "check_list",
    "issue",
    "issue_ca",
    "issue_crl",
    "load",
    "load_crl",
    "names_issuer",
    "request",
    "verify_chain",
]
