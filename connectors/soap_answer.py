"""What a SOAP answer is, before and after zeep has read it: errors of the peer, told as ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import zeep.exceptions
from lxml import etree

from connectors.http import Received
from connectors.prolog import first_markup, is_login_page, plain_name
from connectors.reading import Reading
from connectors.soap_parts import UnpackableError, unpacked
from connectors.soap_text import UndecodableError, as_utf8
from connectors.surrogates import paired
from exchange.errors import Rejected, Unknown, ZhidaError

READING = (
    zeep.exceptions.Error,
    *(TypeError, ValueError, AttributeError, LookupError),
    *(etree.LxmlError, ArithmeticError, RecursionError, AssertionError),
)
"""What zeep and lxml raise for an answer that is not the WSDL's."""
_FAULT = re.compile(rb"<(?:[\w.-]+:)?Fault[\s/>]")


def is_fault(answer: Received) -> bool:
    """An envelope with a fault in it: it speaks for itself, whatever the status."""
    root, content = first_markup(answer.content).rpartition(":")[2], answer.content
    return root == "envelope" and b"Fault" in content and _FAULT.search(content) is not None


def not_an_envelope(answer: Received, **facts: str) -> ZhidaError | None:
    """The error for an answer with a good status that holds no envelope."""
    if not answer.content.strip():
        empty = answer.status_code not in (201, 202)  # accepted, one-way
        return Unknown("soap.empty", status=answer.status_code, **facts) if empty else None
    root = first_markup(answer.content)
    if root.rpartition(":")[2] == "envelope":
        return None
    if is_login_page(answer.content):
        return Unknown("soap.login-page", status=answer.status_code, **facts)
    code = {"html": "soap.html", "!doctype": "soap.doctype"}.get(root, "soap.unreadable")
    return Unknown(code, status=answer.status_code, root=plain_name(root), **facts)


def in_one_part(answer: Received, huge: bool, **facts: str) -> Received:
    """The envelope with its attachments in place. Raises ``Unknown`` if they are not whole."""
    try:
        return unpacked(answer, huge=huge)
    except UnpackableError:
        raise Unknown("soap.attachments", status=answer.status_code, **facts) from None


def in_utf8(answer: Received, said: str, **facts: str) -> Received:
    """The answer with its content in UTF-8. Raises ``Unknown`` if it lies about its encoding."""
    try:
        content = paired(as_utf8(answer, said, tolerant=is_fault(answer)))
    except UndecodableError as error:
        encoding = plain_name(str(error.args[0]))
        raise Unknown(
            "soap.encoding", status=answer.status_code, encoding=encoding, **facts
        ) from None
    if content is answer.content:
        return answer
    return Received(answer.status_code, answer.headers, content)


@contextmanager
def understood(told: Received, raw: bytes, reading: Reading, **facts: str) -> Iterator[None]:
    """A fault as the reading has it; what zeep cannot read leaves it unknown what was done."""
    try:
        yield
    except zeep.exceptions.Fault as fault:
        error = _refusal(fault, reading, status=told.status_code, **facts)
        if isinstance(error, Rejected):
            # A fault without text still says something: the envelope, for the one who looks.
            whole = told.content.decode("utf-8", "replace")
            error.answered(raw, (fault.message or "").strip() or whole)
        raise error from None
    except READING:
        raise Unknown("soap.unreadable", status=told.status_code, **facts) from None


def _refusal(fault: Any, reading: Reading, **facts: str | int) -> ZhidaError:
    """By the name of its typed detail, its code, or the code's family; else ``Rejected``."""
    code = plain_name(str(fault.code or "").rpartition(":")[2])
    detail = _detail(fault)
    names = (detail, code, code.partition(".")[0])
    leaf = next((reading.faults[name] for name in names if name in reading.faults), Rejected)
    return leaf("soap.fault", fault=code or "-", detail=detail or "-", **facts)


def _detail(fault: Any) -> str:
    """Name of the exception that a typed fault carries (JAX-WS, WCF), else empty."""
    detail = getattr(fault, "detail", None)
    first = next(detail.iterchildren(etree.Element), None) if detail is not None else None
    return "" if first is None else plain_name(str(etree.QName(first).localname))
