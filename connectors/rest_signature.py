"""Signs a prepared request by a declared rule (``rest_signature_options.py``): one callable for all.

Order: application, timestamp and nonce are put where the rule says; then the content is composed out
of the request as it stands and signed; then the signature is put beside them. Whatever is signed is so
exactly as it is sent.

Error map (nothing was sent)::

    the body cannot take fields   Invalid  rest.no-fields
    key or secret missing, bad    Fatal    rest.no-secret, rest.sign-key (when it is opened)
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from requests.utils import requote_uri

from connectors.rest_body import Writing, as_text
from connectors.rest_keys import SigningSecrets, header_value
from connectors.rest_signed_text import encoded, sorted_text, stamped
from crypto import der
from crypto.digests import digest, mac
from exchange.ports import Clock, utc_now

_PART = re.compile(r"\{([a-z0-9_]+)\}")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the signer needs of the wire: how bodies are written, the base path, time and chance."""

    writing: Writing = field(default_factory=Writing)
    base_path: str = ""
    clock: Clock = utc_now
    nonce: Callable[[], str] = lambda: secrets.token_hex(16)


class Signature:
    """``rule`` has passed ``SIGNATURE``. Thread-safe; a repetition is signed anew."""

    def __init__(
        self, rule: Mapping[str, Any], given: SigningSecrets, around: Surroundings
    ) -> None:
        self._rule, self._given, self._around = rule, given, around
        self._names: Mapping[str, str] = rule["names"]

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The same request, signed. Raises ``Invalid``."""
        around = self._around
        marks = {
            "app": self._given.app,
            "timestamp": stamped(around.clock(), self._rule.get("timestamp", "ms")),
            "nonce": around.nonce(),
        }
        self._put(request, {self._names[k]: v for k, v in marks.items() if k in self._names})
        signed = self._signed(self._content(request, marks))
        self._put(request, {self._names["sign"]: encoded(signed, self._rule["encoding"])})
        return request

    def _put(self, request: requests.PreparedRequest, fields: Mapping[str, str]) -> None:
        if self._rule["place"] == "header":
            request.headers.update({name: header_value(v, name) for name, v in fields.items()})
        elif self._rule["place"] == "query" or self._style(request) == "query":
            joint = "&" if "?" in _url(request) else "?"
            query = urlencode(fields, encoding=self._around.writing.charset)
            request.url = _url(request) + joint + query if fields else request.url
        else:
            self._into_body(request, fields)

    def _into_body(self, request: requests.PreparedRequest, fields: Mapping[str, str]) -> None:
        writing, style = self._around.writing, self._style(request)
        known = writing.fields_of(style, _raw(request)) if _raw(request) else {}
        content = writing.content(style, {**known, **fields})
        request.body = content.raw
        request.headers.setdefault("Content-Type", content.media)
        request.headers["Content-Length"] = str(len(content.raw or b""))

    def _style(self, request: requests.PreparedRequest) -> str:
        path = urlsplit(_url(request)).path.removeprefix(requote_uri(self._around.base_path))
        return self._around.writing.style(request.method or "", f"{request.method} {path}")

    def _content(self, request: requests.PreparedRequest, marks: Mapping[str, str]) -> bytes:
        """The rule's text with the request's parts in it, in the charset of the body."""
        charset = self._charset(request)
        return b"".join(
            self._part(piece, request, marks) if odd % 2 else piece.encode(charset)
            for odd, piece in enumerate(_PART.split(self._rule["content"]))
        )

    def _part(
        self, name: str, request: requests.PreparedRequest, marks: Mapping[str, str]
    ) -> bytes:
        if name == "body":
            return _raw(request)
        if name.startswith("body_"):
            return digest(name.removeprefix("body_"), _raw(request)).hex().encode()
        if name == "parameters":
            return self._parameters(request).encode(self._charset(request))
        url = urlsplit(_url(request))
        texts = {"method": request.method or "", "path": url.path, "query": url.query}
        known = {**marks, **texts, "secret": self._given.secret}
        return known[name].encode(self._charset(request))

    def _charset(self, request: requests.PreparedRequest) -> str:
        return "utf-8" if self._style(request) == "json" else self._around.writing.charset

    def _parameters(self, request: requests.PreparedRequest) -> str:
        writing, style = self._around.writing, self._style(request)
        query = urlsplit(_url(request)).query
        pairs = parse_qsl(query, True, encoding=writing.charset, errors="strict")
        if style != "query" and _raw(request):
            pairs += _texts(writing.fields_of(style, _raw(request)))
        return sorted_text(pairs, self._rule.get("parameters", {}), self._names["sign"])

    def _signed(self, content: bytes) -> bytes:
        name = self._rule["digest"]
        if name == "sm2":
            raw = self._given.sm2_key().sign(content)
            return raw if self._rule.get("sm2_form", "der") == "raw" else der.to_der(raw)
        if name.startswith("hmac-"):
            return mac(name, self._given.secret.encode(), content)
        return digest(name, content)


def _texts(fields: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    return [(name, "" if value is None else as_text(value, name)) for name, value in fields.items()]


def _url(request: requests.PreparedRequest) -> str:
    return request.url or ""


def _raw(request: requests.PreparedRequest) -> bytes:
    body = request.body or b""
    return body.encode() if isinstance(body, str) else body
