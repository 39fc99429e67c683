"""SOAP 1.1 document/literal by hand: enough to serve and to call the stand-ins.

Written apart from the hub's connector on purpose: two ends that share no code show each
other's mistakes.
"""

from __future__ import annotations

from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

from sandbox.http_server import Request, Response

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_WSDL = Path(__file__).parent / "wsdl"


class Malformed(ValueError):
    """Not a SOAP message that can be read."""


class Fault(Exception):
    """The peer answered with a SOAP fault."""


def parse(data: bytes) -> etree._Element:
    """Read XML without entities, network or document types. Raises ``Malformed``.

    >>> parse(b"<!DOCTYPE a><a/>")
    Traceback (most recent call last):
    sandbox.soap.Malformed: a document type is refused
    """
    safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, safe)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed("not XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("a document type is refused")
    return root


def payload(data: bytes) -> etree._Element:
    """The one child of the Body. Raises ``Malformed``."""
    body = parse(data).find(f"{{{ENVELOPE}}}Body")
    if body is None or not len(body):
        raise Malformed("no Body with one element")
    return body[0]


def envelope(child: etree._Element) -> bytes:
    """A message with that child in its Body, UTF-8."""
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    etree.SubElement(root, f"{{{ENVELOPE}}}Body").append(child)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def fault(text: str) -> Response:
    """A fault of the client's making: HTTP 500 as SOAP 1.1 demands (section 6.2)."""
    child = etree.Element(f"{{{ENVELOPE}}}Fault")
    etree.SubElement(child, "faultcode").text = "soap:Client"
    etree.SubElement(child, "faultstring").text = text
    return Response(envelope(child), 500)


def local_name(element: etree._Element) -> str:
    """The name without its namespace."""
    return etree.QName(element).localname


def operation_of(request: Request) -> str:
    """The operation that a POST asks for; ``invalid`` if unreadable; empty for a GET."""
    if request.method != "POST":
        return ""
    try:
        return local_name(payload(request.body))
    except Malformed:
        return "invalid"


def description(request: Request, file: str) -> Response:
    """The WSDL with the address by which the client came, for a ``GET …?wsdl``."""
    path, _, query = request.path.partition("?")
    if query.lower() != "wsdl":
        return Response(b"GET ?wsdl or POST", 405, "text/plain")
    root = parse((_WSDL / file).read_bytes())
    for address in root.iter("{http://schemas.xmlsoap.org/wsdl/soap/}address"):
        address.set("location", f"http://{request.host}{path}")
    return Response(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def call(url: str, child: etree._Element, *, timeout: float = 30.0) -> etree._Element:
    """Send and give the answer's element. Raises ``Fault``, ``Malformed``, ``OSError``."""
    at = urlsplit(url)
    connection = HTTPConnection(at.hostname or "", at.port, timeout=timeout)
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
    try:
        connection.request("POST", at.path, envelope(child), headers)
        answer = payload(connection.getresponse().read())
    finally:
        connection.close()
    if local_name(answer) == "Fault":
        raise Fault(answer.findtext("faultstring") or "")
    return answer
