"""What a client of the endpoint may be allowed, and the module that answers it (imported late).

A module has ``routes(hub, settings)``, which gives its ``Route``s; another joint service adds a line here and
a module of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

RIGHTS: Mapping[str, str] = {
    "policies": "zhida.grants_served",
    "explain": "zhida.grants_served",
    "apply": "zhida.grants_served",
    "files": "zhida.files_served",
    "finance": "zhida.finance_served",
    "witness": "zhida.ledger_served",
}
"""Right → module. A route names the right that it needs (``Route.right``)."""
SHOWS: Mapping[str, frozenset[str]] = {
    "policies": frozenset({"policy-match"}),
    "explain": frozenset({"policy-match", "enterprise-facts"}),
    "apply": frozenset({"grant-decision"}),
    "files": frozenset({"file-claim"}),
    "finance": frozenset({"finance-answer"}),
    "witness": frozenset(),
}
"""Right → kinds of documents that its client is shown, by agreement with the client's unit."""
