"""The tables of certificates and revocation lists that are not in the site's files.

Nothing in them is trusted for being there: a certificate counts by the signatures of two operators
in the ledger, a list by its issuer's. Times are ``times.stamp`` text, empty for "never".
"""

from __future__ import annotations

from exchange.store.tables import blob, table, text

certificate = table("certificate", text("fingerprint", key=True), text("pem"))
"""By the SHA-256 of its DER: what is there under another name is nobody's."""

revocation_list = table(
    "revocation_list",
    text("issuer", key=True),
    blob("der"),
    text("digest"),
    text("this_update"),
    text("next_update"),
    text("taken_at"),
)
"""The newest list of each issuer (``kid`` of its key)."""

revocation_source = table(
    "revocation_source",
    text("name", key=True),
    text("next_at"),
    text("failing_since"),
    text("code"),
)
"""When a source of lists is looked at next, and since when it has been failing with what."""
