"""Logins that stand in the envelope: UsernameToken (OASIS WSS 1.1), or a header of the vendor's.

Objects with ``apply`` and ``verify``, as zeep wants them. A digest hides the password from whoever
reads the wire, and from nobody who can guess it: TLS is what protects a login.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from lxml import etree

from connectors.loopback import is_loopback
from exchange.errors import Fatal
from exchange.ports import Clock, Endpoint

_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = f"{_WSS}wssecurity-secext-1.0.xsd"
WSU = f"{_WSS}wssecurity-utility-1.0.xsd"
_PROFILE = f"{_WSS}username-token-profile-1.0"
_BASE64 = f"{_WSS}soap-message-security-1.0#Base64Binary"

_CLEAR = ("basic", "username-token", "header")

Headers = Mapping[str, str]


class Login(Protocol):
    """Puts a login into each request."""

    def apply(self, envelope: Any, headers: Headers) -> tuple[Any, Headers]:
        """The envelope with the login in its header."""

    def verify(self, envelope: Any) -> None:
        """Answers carry none."""


@dataclass(frozen=True, slots=True)
class UsernameToken:
    """``digest``: Base64(SHA-1(nonce + created + password)), new for each request.

    ``valid_s`` above 0 adds a Timestamp that ends so many seconds later (WCF wants one).
    """

    login: str
    password: str = field(repr=False)
    clock: Clock
    digest: bool = False
    valid_s: int = 0
    nonce: Callable[[], bytes] = lambda: os.urandom(16)

    def apply(self, envelope: Any, headers: Headers) -> tuple[Any, Headers]:
        """``wsse:Security`` as the first header."""
        now = self.clock().astimezone(UTC)  # read once: what is told of a moment agrees
        security = etree.Element(f"{{{WSSE}}}Security", nsmap={"wsse": WSSE, "wsu": WSU})
        if self.valid_s:
            stamp = etree.SubElement(security, f"{{{WSU}}}Timestamp")
            etree.SubElement(stamp, f"{{{WSU}}}Created").text = _moment(now)
            ends = now + timedelta(seconds=self.valid_s)
            etree.SubElement(stamp, f"{{{WSU}}}Expires").text = _moment(ends)
        token = etree.SubElement(security, f"{{{WSSE}}}UsernameToken")
        etree.SubElement(token, f"{{{WSSE}}}Username").text = self.login
        self._password(etree.SubElement(token, f"{{{WSSE}}}Password"), token, _moment(now))
        _header(envelope).insert(0, security)
        return envelope, headers

    def _password(self, password: Any, token: Any, created: str) -> None:
        if not self.digest:
            password.set("Type", f"{_PROFILE}#PasswordText")
            password.text = self.password
            return
        nonce = self.nonce()
        told = nonce + created.encode() + self.password.encode()
        digest = hashlib.sha1(told, usedforsecurity=False).digest()  # the profile names SHA-1
        password.set("Type", f"{_PROFILE}#PasswordDigest")
        password.text = base64.b64encode(digest).decode()
        number = etree.SubElement(token, f"{{{WSSE}}}Nonce", EncodingType=_BASE64)
        number.text = base64.b64encode(nonce).decode()
        etree.SubElement(token, f"{{{WSU}}}Created").text = created

    def verify(self, envelope: Any) -> None:
        """Nothing: the peer is known by its certificate."""


@dataclass(frozen=True, slots=True)
class VendorHeader:
    """A header element of the vendor's with login and password (.NET's SoapHeader)."""

    name: str
    """With its namespace: ``{http://tempuri.org/}AuthHeader``."""
    fields: Mapping[str, str] = field(repr=False)
    """Name of a child → its text."""

    def apply(self, envelope: Any, headers: Headers) -> tuple[Any, Headers]:
        """The element as the first header; children in its namespace."""
        qname = etree.QName(self.name)
        prefixes: Any = {None: qname.namespace} if qname.namespace else {}
        told = etree.Element(qname, nsmap=prefixes)
        for child, text in self.fields.items():
            etree.SubElement(told, etree.QName(qname.namespace, child)).text = text
        _header(envelope).insert(0, told)
        return envelope, headers

    def verify(self, envelope: Any) -> None:
        """Nothing: the peer is known by its certificate."""


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def _header(envelope: Any) -> Any:
    namespace = etree.QName(envelope).namespace
    header = envelope.find(f"{{{namespace}}}Header")
    if header is None:
        header = etree.Element(f"{{{namespace}}}Header")
        envelope.insert(0, header)
    return header


def basic(known: Mapping[str, Any], endpoint: Endpoint) -> dict[str, str]:
    """HTTP headers of the login (RFC 7617, in UTF-8), empty for the other kinds."""
    if known["login"] != "basic":
        return {}
    told = base64.b64encode(f"{endpoint.login}:{endpoint.password}".encode()).decode()
    return {"Authorization": f"Basic {told}"}


def of(known: Mapping[str, Any], endpoint: Endpoint) -> Login | None:
    """The login that the completed options ask for, with the connection's name and password.

    Raises ``Fatal`` if the connection has none, or one that no XML can hold, and if a password
    would cross the network in clear unasked.
    """
    kind = known["login"]
    if kind == "none":
        return None
    if not endpoint.login or _unwritable(endpoint.login + endpoint.password):
        raise Fatal("soap.login-missing", login=kind)
    url = urlsplit(endpoint.address)
    clear = kind in _CLEAR and url.scheme == "http" and not is_loopback(url.hostname or "")
    if clear and not known["plain_login"]:
        raise Fatal("soap.plain", peer=url.netloc.rpartition("@")[2], login=kind)
    if kind == "basic":
        return None
    if kind == "header":
        about = known["login_header"]
        texts = {about["login"]: endpoint.login, about["password"]: endpoint.password}
        return VendorHeader(f"{{{about['namespace']}}}{about['name']}", texts)
    digest, valid_s = kind == "username-digest", known["valid_s"]
    return UsernameToken(endpoint.login, endpoint.password, endpoint.clock, digest, valid_s)


def _unwritable(text: str) -> bool:
    try:
        etree.Element("a").text = text
    except ValueError:
        return True
    return False
