"""Open a wire to an endpoint, in the same way for each system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from connectors.reading import Reading
from exchange.ports import Endpoint

if TYPE_CHECKING:
    from connectors.rest import Rest
    from connectors.soap import Soap

# Wires are imported when one is opened: a unit's signer uses an adapter without its wire, and its
# machine need not have the libraries for it.


def soap(options: Mapping[str, Any], endpoint: Endpoint, reading: Reading) -> Soap:
    """The service at ``path`` of the endpoint, by the site's WSDL file."""
    from connectors import soap as soap_wire

    told = {name: options[name] for name in ("wsdl", "path", "timeout_s")}
    return soap_wire.open_connector(told, endpoint, reading=reading)


def rest(options: Mapping[str, Any], endpoint: Endpoint, reading: Reading) -> Rest:
    """JSON over HTTP at the endpoint's base URL."""
    from connectors import rest as rest_wire

    return rest_wire.open_connector({"timeout_s": options["timeout_s"]}, endpoint, reading=reading)


def completed(schema: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The options with the schema's defaults for what the site does not say.

    >>> completed({"properties": {"page_size": {"default": 50}, "a": {}}}, {"a": 1})
    {'page_size': 50, 'a': 1}
    """
    properties = schema["properties"].items()
    defaults = {name: about["default"] for name, about in properties if "default" in about}
    return defaults | dict(options)
