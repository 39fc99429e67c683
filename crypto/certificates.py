"""X.509 for SM2 and Ed25519: one door to reading, issuing and verifying.

``cryptography`` cannot verify SM2 certificates, so this is written out; both suites take the same
path, and the ``openssl`` command accepts what is made here (SM2: ``-vfyopt
distid:1234567812345678``).
"""

from crypto.x509_certificate import Certificate, Revocation, RevocationList
from crypto.x509_issue import issue, issue_ca, issue_crl
from crypto.x509_read import load, load_crl
from crypto.x509_verify import verify_chain

__all__ = [
    "Certificate",
    "Revocation",
    "RevocationList",
    "issue",
    "issue_ca",
    "issue_crl",
    "load",
    "load_crl",
    "verify_chain",
]
