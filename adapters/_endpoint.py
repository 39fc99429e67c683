"""Open a wire to an endpoint: TLS material and addresses, read the same way for each system."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

from connectors import tls
from connectors.reading import Reading
from connectors.rest import Rest, open_connector
from connectors.soap import Soap
from exchange.ports import Endpoint


def context(endpoint: Endpoint) -> ssl.SSLContext | None:
    """TLS for an ``https`` address, with the connection's files; None for plain ``http``."""
    if not endpoint.address.lower().startswith("https:"):
        return None
    ca, cert, key, password = (
        endpoint.extra.get(name, "") for name in ("ca", "cert", "key", "key_password")
    )
    return tls.client(ca=ca, cert=cert, key=key, password=password)


def soap(options: Mapping[str, Any], endpoint: Endpoint, reading: Reading) -> Soap:
    """The service at ``path`` of the endpoint, by the site's WSDL file."""
    return Soap(
        endpoint.site / options["wsdl"],
        endpoint.address.rstrip("/") + options["path"],
        reading=reading,
        timeout=options["timeout_s"],
        tls=context(endpoint),
    )


def rest(options: Mapping[str, Any], endpoint: Endpoint, reading: Reading) -> Rest:
    """JSON over HTTP at the endpoint's base URL."""
    return open_connector({"timeout_s": options["timeout_s"]}, endpoint, reading=reading)


def completed(schema: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The options with the schema's defaults for what the site does not say.

    >>> completed({"properties": {"page_size": {"default": 50}, "a": {}}}, {"a": 1})
    {'page_size': 50, 'a': 1}
    """
    properties = schema["properties"].items()
    defaults = {name: about["default"] for name, about in properties if "default" in about}
    return defaults | dict(options)
