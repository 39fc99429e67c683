"""A WSDL as a file of the site, loaded without the network (``soap_documents``) and used by zeep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import zeep
import zeep.exceptions
from lxml import etree
from zeep.wsdl.bindings.soap import SoapBinding

from connectors import soap_text
from connectors.http import Received
from connectors.prolog import first_markup, plain_name
from connectors.soap_documents import Documents
from connectors.soap_login import Login
from connectors.soap_plugins import Expected, Nil
from exchange.errors import Fatal

_LOADING = (
    zeep.exceptions.Error,
    etree.LxmlError,
    *(ValueError, TypeError, AttributeError, LookupError),
    *(AssertionError, NotImplementedError, RecursionError),
)
"""What zeep raises for a WSDL that it does not understand."""
_PLAIN_TREE = 10_000_000  # libxml2 refuses longer texts unless told otherwise


@dataclass(frozen=True, slots=True)
class Contract:
    """What of a WSDL is used, how strictly it is followed, and what it doesn't tell."""

    service: str = ""
    """Name of the ``wsdl:service``; the first one if empty."""
    port: str = ""
    """Name of the ``wsdl:port``; the first one if empty."""
    schemas: Mapping[str, Path] = field(default_factory=dict)
    """URL of an imported schema → the site's file of it."""
    root: Path | None = None
    """Folder outside of which no file is read; the WSDL's own if None."""
    strict: bool = True
    """False for peers that misplace elements (node-soap puts children into a wrong namespace)."""
    encoding: str = "utf-8"
    """Of requests: ``utf-8``, ``gbk`` (what it cannot hold is refused), ``gb18030``."""
    answer_encoding: str = ""
    """Of answers, against what they declare; empty: as declared."""
    login: Login | None = field(default=None, repr=False)
    """What is put into each request's header."""


class Files:
    """zeep's transport: documents from files only; envelopes are sent by the wire itself."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def load(self, url: str) -> bytes:
        """The bytes of a WSDL or schema."""
        return self._documents.load(url)

    def post_xml(self, address: str, envelope: Any, headers: Mapping[str, str]) -> Any:
        """Called by zeep with the finished envelope: handed back, so that building ends here."""
        return envelope, headers


class Bound:
    """One port of a loaded WSDL: builds requests, reads answers. Thread-safe."""

    def __init__(self, wsdl: Path, contract: Contract, *, max_bytes: int) -> None:
        self.contract, self._huge = contract, max_bytes > _PLAIN_TREE
        settings = zeep.Settings(
            strict=contract.strict,
            raw_response=True,
            force_https=False,  # would make an http address of file:///
            forbid_dtd=True,
            forbid_entities=True,
            xml_huge_tree=self._huge,
        )
        documents = Documents(contract.root or wsdl.parent, contract.schemas)
        with _loading(wsdl), documents.complete():
            _must_be_wsdl(wsdl)
            self._client: Any = cast("Any", zeep.Client)(
                str(wsdl),
                transport=Files(documents),
                wsse=contract.login,
                settings=settings,
                plugins=[Nil(), Expected(contract.strict)],
            )
        with _chosen(wsdl, self._client):
            self._binding = _port(self._client, contract).binding
        self._service = self._client.create_service(self._binding.name, "")
        self.operations: tuple[str, ...] = tuple(sorted(self._binding.all()))

    @property
    def binding(self) -> Any:
        """zeep's binding, for who asks what an operation takes and gives."""
        return self._binding

    def message(self, operation: str, arguments: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
        """The envelope's bytes and the HTTP headers; raises zeep's exceptions."""
        envelope, headers = self._service[operation](**arguments)
        encoding = self.contract.encoding
        if encoding == "utf-8":
            return etree.tostring(envelope, xml_declaration=True, encoding="utf-8"), headers
        media = headers["Content-Type"].replace("charset=utf-8", f"charset={encoding.upper()}")
        message = soap_text.declared(etree.tostring(envelope, encoding="unicode"), encoding)
        return message, {**headers, "Content-Type": media}

    def read(self, operation: str, answer: Received) -> Any:
        """zeep's objects for the answer; raises zeep's exceptions.

        Where zeep is not strict it also mends what is no XML, such as an answer cut short: that
        is never wanted.
        """
        if not self.contract.strict:
            parser = etree.XMLParser(resolve_entities=False, huge_tree=self._huge)
            etree.fromstring(answer.content, parser)
        return self._binding.process_reply(self._client, self._binding.get(operation), answer)


def _port(client: Any, contract: Contract) -> Any:
    """The port that the site names, or else the first that speaks SOAP (.NET offers GET too)."""
    services = client.wsdl.services
    service = services[contract.service] if contract.service else next(iter(services.values()))
    if contract.port:
        return service.ports[contract.port]
    return next(port for port in service.ports.values() if isinstance(port.binding, SoapBinding))


@contextmanager
def _chosen(wsdl: Path, client: Any) -> Iterator[None]:
    try:
        yield
    except (LookupError, StopIteration) as error:
        named = str(error.args[0]) if error.args else "-"
        services = client.wsdl.services.items()
        ports = [f"{name}: {' '.join(service.ports) or '-'}" for name, service in services]
        known = ", ".join(ports) or "-"
        raise Fatal("soap.wsdl-port", file=str(wsdl), name=named, known=known) from None


def _must_be_wsdl(wsdl: Path) -> None:
    """zeep takes any XML, a saved login page too, for a WSDL that offers nothing."""
    root = first_markup(wsdl.read_bytes())
    if root.rpartition(":")[2] != "definitions":
        found = f"<{plain_name(root)}>" if root else "no markup"
        raise Fatal("soap.wsdl", file=str(wsdl), reason=found)


@contextmanager
def _loading(wsdl: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Fatal("soap.wsdl-file", file=str(error.filename or wsdl)) from None
    except _LOADING as error:
        # Nothing of a person is in a WSDL, so the parser's own words help here.
        reason = str(error)[:200] or type(error).__name__
        raise Fatal("soap.wsdl", file=str(wsdl), reason=reason) from None
