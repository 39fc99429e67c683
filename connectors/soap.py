"""SOAP 1.1 and 1.2 over HTTP (zeep), from WSDL files, with the answer's bytes kept.

Error map (theirs → ours), beside that of ``http.py`` and the statuses of ``reading.py``::

    before the first call
        WSDL missing, damaged, incomplete          Fatal    soap.wsdl…, soap.schema-not-at-hand
        no login in the connection                 Fatal    soap.login-missing
    before sending
        unknown operation                          Fatal    soap.no-operation
        argument missing or unknown                Invalid  soap.arguments
        character that XML cannot hold             Invalid  soap.character
        character that the encoding cannot hold    Invalid  soap.unencodable
        (zeep checks names and presence; a text in place of a number is the mapping's to find)
    after the answer came
        Fault                                      Rejected soap.fault (or as Reading says)
        HTML page instead of an envelope           Unknown  soap.html, soap.login-page
        nothing                                    Unknown  soap.empty
        DOCTYPE                                    Unknown  soap.doctype
        in parts, and one of them missing          Unknown  soap.attachments
        not in the encoding that it declares       Unknown  soap.encoding
        not XML, not the WSDL's answer             Unknown  soap.unreadable
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests

from connectors import soap_login, tls
from connectors.http import MAX_BYTES, Received, line, peer_of, safe_to_repeat, through
from connectors.reading import Reading
from connectors.reading_options import reading as reading_of
from connectors.soap_answer import in_one_part, in_utf8, is_fault, not_an_envelope, understood
from connectors.soap_arguments import plain, unwritable
from connectors.soap_building import building
from connectors.soap_contract import Bound, Contract
from connectors.soap_multiref import inlined
from connectors.soap_options import OPTIONS, completed, contract
from connectors.soap_values import exact_values
from exchange.errors import Fatal, Invalid, ZhidaError
from exchange.names import nearest
from exchange.ports import Endpoint, Reply

__all__ = ["OPTIONS", "Soap", "open_connector"]


def open_connector(
    options: Mapping[str, Any], endpoint: Endpoint, *, reading: Reading | None = None
) -> Soap:
    """The service at ``path`` below ``endpoint.address``; nothing is sent before the first call.

    ``options`` have passed ``OPTIONS``. ``reading`` is given by adapters that know their peer, and
    takes the place of what the options say of its answers. Raises ``Fatal`` for a WSDL, an
    address or a TLS file that cannot be used.
    """
    known = completed(options)
    return Soap(
        endpoint.site / known["wsdl"],
        endpoint.address.rstrip("/") + known["path"],
        contract=contract(known, endpoint),
        reading=reading or reading_of(known),
        timeout=known["timeout_s"],
        max_bytes=known["max_bytes"],
        tls=tls.of_endpoint(endpoint, check_hostname=known["check_hostname"]),
        proxy=through(known["proxy"], endpoint),
        headers=soap_login.basic(known, endpoint),
    )


class Soap:
    """One port of one WSDL at one address.

    ``wsdl`` is a file; ``address`` the endpoint (the one inside the WSDL is never used);
    ``timeout`` in seconds; ``max_bytes`` limits request and answer (over 10 MB libxml2's huge
    trees are allowed). A given ``session`` stays the caller's; an own one is opened with
    ``opening`` (``http.open_session``: TLS, proxy). Raises ``Fatal`` for a WSDL that cannot be
    used.
    """

    def __init__(
        self,
        wsdl: Path,
        address: str,
        *,
        contract: Contract = Contract(),
        reading: Reading = Reading(),
        timeout: float = 30.0,
        max_bytes: int = MAX_BYTES,
        session: requests.Session | None = None,
        **opening: Any,
    ) -> None:
        self._address, self._peer = address, peer_of(address)
        self._reading, self._huge = reading, max_bytes > MAX_BYTES
        self._bound = Bound(wsdl, contract, max_bytes=max_bytes)
        self._line = line(session, seconds=timeout, max_bytes=max_bytes, **opening)

    def call(self, operation: str, body: Mapping[str, Any]) -> Reply:
        """Call ``operation`` with its arguments by name.

        ``Reply.raw`` are the bytes of the HTTP body, ``Reply.value`` the result as plain dict,
        list, text, number, boolean (``soap_values``: fractions are ``Decimal``, dates are text);
        a single result unwrapped.
        Nothing is sent when ``Invalid`` or ``Fatal`` is raised for the arguments.
        """
        try:
            with safe_to_repeat(operation in self._reading.reads):
                return self._call(operation, body)
        except ZhidaError as error:
            if not isinstance(error, Invalid):
                error.facts.setdefault("operation", operation)  # the network knows of none
            raise

    def understand(self, operation: str, raw: bytes) -> Reply:
        """An envelope that somebody has kept, read as if it had come now with a good status.

        Nothing is sent: so an answer out of a vendor's document can be tried before the first call.
        """
        self._check(operation, {})
        return Reply(raw, self._read(operation, Received(200, {"Content-Type": "text/xml"}, raw)))

    def close(self) -> None:
        """Close the session if it was opened here."""
        self._line.close()

    def _call(self, operation: str, body: Mapping[str, Any]) -> Reply:
        self._check(operation, body)
        with building(operation, body), exact_values():
            message, headers = self._bound.message(operation, body)
        answer = self._line.post(self._address, message, headers)
        return Reply(answer.content, self._read(operation, answer))

    def _check(self, operation: str, body: Mapping[str, Any]) -> None:
        if operation not in self._bound.operations:
            near = nearest(operation, self._bound.operations)
            raise Fatal("soap.no-operation", operation=operation, nearest=near)
        problems = list(unwritable(body, self._bound.contract.encoding))
        if problems:
            raise Invalid.of(problems)

    def _accepted(self, operation: str, answer: Received) -> bool:
        """Nothing, with a good status, where the WSDL promises nothing (one-way)."""
        good = 200 <= answer.status_code < 300 and not answer.content.strip()
        return good and self._bound.binding.get(operation).output is None

    def _read(self, operation: str, answer: Received) -> Any:
        facts = {"peer": self._peer, "operation": operation}
        raw, answer = answer.content, in_one_part(answer, self._huge, **facts)
        if not is_fault(answer) or answer.status_code in (429, 503):
            error = self._reading.error(answer, **facts) or not_an_envelope(answer, **facts)
            if error is not None and not self._accepted(operation, answer):
                raise error
        if not answer.content.strip():
            return None
        told = in_utf8(answer, self._bound.contract.answer_encoding, **facts)
        with understood(told, raw, self._reading, **facts), exact_values():
            content = inlined(told.content, huge=self._huge)
            whole = told if content is told.content else replace(told, content=content)
            return plain(self._bound.read(operation, whole))
