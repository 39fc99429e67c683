"""A WSDL as a file of the site, loaded without the network.

zeep fetches well-known public schemas (SOAP encoding, xmlmime) while it loads a WSDL that
imports them. No intranet has them, and a hub that fetches whatever a WSDL names is a hole in the
firewall: every URL must be matched by a file that the site supplies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

import zeep
import zeep.exceptions
from lxml import etree

from connectors.http import Received
from exchange.errors import Fatal

_PLAIN_TREE = 10_000_000  # libxml2 refuses longer texts unless told otherwise


@dataclass(frozen=True, slots=True)
class Contract:
    """What of a WSDL is used, and how strictly it is followed."""

    service: str = ""
    """Name of the ``wsdl:service``; the first one if empty."""
    port: str = ""
    """Name of the ``wsdl:port``; the first one if empty."""
    schemas: Mapping[str, Path] = field(default_factory=dict)
    """URL of an imported schema → the site's file of it."""
    strict: bool = True
    """False for peers that misplace elements (node-soap puts children into a wrong namespace)."""


class Post(Protocol):
    """Sends an envelope and gives the whole answer; raises only our errors."""

    def __call__(self, address: str, message: bytes, headers: Mapping[str, str]) -> Received:
        """One HTTP POST."""


class Files:
    """zeep's transport: documents from files only, envelopes through ``post``."""

    def __init__(self, schemas: Mapping[str, Path], post: Post) -> None:
        self._schemas, self._post = schemas, post

    def load(self, url: str) -> bytes:
        """The bytes of a WSDL or schema. Raises ``Fatal`` for a URL without a file."""
        if url in self._schemas:
            return self._schemas[url].read_bytes()
        if urlsplit(url).scheme in ("", "file"):
            return Path(url.removeprefix("file://")).read_bytes()
        raise Fatal("soap.schema-not-at-hand", url=url)

    def post_xml(self, address: str, envelope: Any, headers: Mapping[str, str]) -> Received:
        """Called by zeep with the finished envelope."""
        message = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        return self._post(address, message, headers)


class Expected:
    """zeep's plugin that checks the name of an answer.

    zeep reads the first element of the body whatever it is, and gives None for a stranger: that
    would be taken for an empty answer.
    """

    def egress(self, envelope: Any, headers: Any, operation: Any, options: Any) -> tuple[Any, Any]:
        """Requests pass."""
        return envelope, headers

    def ingress(self, envelope: Any, headers: Any, operation: Any) -> tuple[Any, Any]:
        """Raises zeep's parse error for another element than the WSDL's (document style)."""
        first = envelope.find("{*}Body/*")
        body = getattr(operation.output, "body", None)
        if operation.style == "document" and first is not None and body is not None:
            name = etree.QName(first)
            if name.localname != "Fault" and name != body.qname:
                stranger: Any = zeep.exceptions.XMLParseError
                raise stranger("another answer")
        return envelope, headers


class Bound:
    """One port of a loaded WSDL: builds requests, reads answers. Thread-safe."""

    def __init__(self, wsdl: Path, contract: Contract, *, post: Post, max_bytes: int) -> None:
        settings = zeep.Settings(
            strict=contract.strict,
            raw_response=True,
            forbid_dtd=True,
            forbid_entities=True,
            xml_huge_tree=max_bytes > _PLAIN_TREE,
        )
        with _loading(wsdl):
            self._client: Any = cast("Any", zeep.Client)(
                str(wsdl),
                transport=Files(contract.schemas, post),
                settings=settings,
                plugins=[Expected()] if contract.strict else [],
            )
            self._binding = _port(self._client, contract).binding
            self.operations: tuple[str, ...] = tuple(sorted(self._binding.all()))

    @property
    def binding(self) -> Any:
        """zeep's binding, for who describes its operations."""
        return self._binding

    def send(self, address: str, operation: str, arguments: Mapping[str, Any]) -> Received:
        """Build the envelope and post it; zeep's own exceptions come from building only."""
        service = self._client.create_service(self._binding.name, address)
        answer: Received = service[operation](**arguments)
        return answer

    def read(self, operation: str, answer: Received) -> Any:
        """zeep's objects for the answer; raises zeep's exceptions."""
        return self._binding.process_reply(self._client, self._binding.get(operation), answer)


def _port(client: Any, contract: Contract) -> Any:
    services = client.wsdl.services
    service = services[contract.service] if contract.service else next(iter(services.values()))
    ports = service.ports
    return ports[contract.port] if contract.port else next(iter(ports.values()))


@contextmanager
def _loading(wsdl: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Fatal("soap.wsdl-file", file=str(error.filename or wsdl)) from None
    except (LookupError, StopIteration) as error:
        named = error.args[0] if error.args else ""
        raise Fatal("soap.wsdl-port", file=str(wsdl), name=str(named)) from None
    except (zeep.exceptions.Error, etree.LxmlError, ValueError) as error:
        # Nothing of a person is in a WSDL, so the parser's own words help here.
        raise Fatal("soap.wsdl", file=str(wsdl), reason=str(error)[:200]) from None
