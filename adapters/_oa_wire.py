"""Which interface of the OA a site speaks with, opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters import _endpoint, _oa_rest, _oa_soap
from adapters._oa_desk import Desk
from adapters._oa_rest import RestDesk
from adapters._oa_soap import SoapDesk
from connectors import rest
from exchange.ports import Endpoint


def opened(known: Mapping[str, Any], endpoint: Endpoint) -> Desk:
    """The hub account's desk, by the completed options' ``api``. Nothing is sent."""
    if known["api"] == "soap":
        line = _endpoint.soap(known, endpoint, _oa_soap.READING)
        return SoapDesk(line, known["hub_user"], known["page_size"])
    return RestDesk(
        rest.open_connector(wire(known)[1], endpoint, reading=_oa_rest.READING), known["page_size"]
    )


def wire(known: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Alias and settings of the wire: what opens it, and what ``zhida system check`` tries."""
    if known["api"] == "soap":
        return "soap", {name: known[name] for name in ("wsdl", "path", "timeout_s")}
    auth = {"kind": "weaver-e9", "user": str(known["hub_user"]), "expired": _oa_rest.EXPIRED}
    told = {"body": "form", "auth": auth}
    told |= {name: known[name] for name in ("timeout_s", "plain_login")}
    return "rest", told
