"""JSON, forms or texts over HTTP (requests), as a bureau's configuration tells.

The call itself and its error map: ``rest_call.py``; bodies: ``rest_body.py``; who signs: ``rest_auth.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors import tls
from connectors.http import line, through
from connectors.reading import Reading
from connectors.rest_auth import Counter, signing
from connectors.rest_body import Writing
from connectors.rest_call import Rest
from connectors.rest_desk import Desk
from connectors.rest_options import OPTIONS, completed, reading_of
from exchange.ports import Endpoint

__all__ = ["OPTIONS", "Rest", "open_connector"]


def open_connector(
    options: Mapping[str, Any], endpoint: Endpoint, *, reading: Reading | None = None
) -> Rest:
    """The system at the base URL ``endpoint.address``. ``options`` have passed ``OPTIONS``.

    An adapter that knows its peer's answers gives its own ``reading``; the options' is not used
    then. Raises ``Fatal`` for an endpoint that can't be right; nothing is sent.
    """
    known = completed(options)
    over = line(
        None,
        seconds=known["timeout_s"],
        max_bytes=known["max_bytes"],
        tls=tls.of_endpoint(endpoint, check_hostname=known["check_hostname"]),
        proxy=through(known["proxy"], endpoint),
    )
    writing = Writing(**{name: known[name] for name in Writing.__dataclass_fields__})
    auth = signing(known, Counter(endpoint, Desk(over, endpoint.address, writing.headers), writing))
    return Rest(
        endpoint.address,
        reading=reading or reading_of(known),
        writing=writing,
        auth=auth,
        over=over,
    )
